# Generated, do not edit: `python -m edgemote_codegen generate --model query_forms=model.json
# query_forms` writes it anew.
# Model query_forms, API version 2020-01-01,
# sha256 0f709d51f4ebc71c5896d302055a709a8628091319dd89e02bbf620927c3d8fa
"""Structs of Query Forms."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Iso8601Timestamp, Shape
from . import shapes


class Thing(Shape, kw_only=True, rename={"Tags": "Tag", "Labels": "Label", "Shares": "Share"}):
    Names: Annotated[list[str], Meta(extra={"item": "item"})] | None = None
    Tags: Annotated[list[str], Meta(extra={"flat": True})] | None = None
    Labels: Annotated[list[str], Meta(extra={"flat": True})] | None = None
    Counts: dict[str, int] | None = None
    Shares: (
        Annotated[dict[str, int], Meta(extra={"flat": True, "entry": ("Name", "Count")})] | None
    ) = None
    Content: bytes | None = None
    Made: Iso8601Timestamp | None = None
    Inner: Thing | None = None


class PutThingRequest(Shape, kw_only=True):
    Thing: shapes.Thing | None = None
    Id: str


class PutThingResult(Shape, kw_only=True):
    Thing: shapes.Thing | None = None
