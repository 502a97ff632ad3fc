# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json
# long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 8c504d7fa40d9614b3f8e4a5d56c81949c9a107dd65b9684ffb34cb0bbef5fd0
"""Structs of Long Names."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape


class PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest(
    Shape,
    kw_only=True,
    rename={"OptionalLongestLongestLongestLongest": "optionalLongestLongestLongestLongest"},
):
    RequiredLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: (
        ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
    )
    OptionalLongLongLongLongLongLongLongLongLongLong: (
        ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong | None
    ) = None
    Map: (
        dict[
            str,
            Annotated[
                list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong],
                Meta(min_length=1),
            ],
        ]
        | None
    ) = None
    List: (
        Annotated[
            list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong],
            Meta(min_length=1),
        ]
        | None
    ) = None
    OptionalLongerLongerLongerLongerLongerLongerLongerLonger: (
        dict[
            str,
            Annotated[
                list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong],
                Meta(min_length=1),
            ],
        ]
        | None
    ) = None
    OptionalLongestLongestLongestLongest: (
        Annotated[
            list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong],
            Meta(min_length=1),
        ]
        | None
    ) = None


class PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse(
    Shape, kw_only=True
):
    Name: str | None = None
    Map: (
        dict[str, list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong]] | None
    ) = None


class ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong(
    Shape, kw_only=True, rename={"Name": "name"}
):
    Name: str | None = None
