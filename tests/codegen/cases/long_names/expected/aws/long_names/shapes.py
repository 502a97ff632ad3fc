# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 80026b60f273a026db527cf7e5a64d5fcb5853856ba417f022afb5b42f222583
"""Structs of Long Names."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from aws.shape import Shape


class PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest(
    Shape,
    kw_only=True,
    rename={
        "OptionalLongestLongestLongestLongestLongestLongestLongestLongest": "optionalLongestLongestLongestLongestLongestLongestLongestLongest",
    },
):
    RequiredLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: (
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
    OptionalLongestLongestLongestLongestLongestLongestLongestLongest: (
        Annotated[
            list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong],
            Meta(min_length=1),
        ]
        | None
    ) = None


class PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse(Shape, kw_only=True):
    Name: str | None = None
    Map: (
        dict[str, list[ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong]] | None
    ) = None


class ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong(
    Shape, kw_only=True, rename={"Name": "name"}
):
    Name: str | None = None
