# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""PutShelf of Split Service, and the structs that it alone uses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ...operation import Operation
from ...shape import Shape, TaggedUnion
from .. import shapes
from ..shapes.shelf_answer import ShelfAnswer, Tag

Integer1 = Annotated[int, Meta(ge=1)]
String2 = Annotated[str, Meta(min_length=2)]


class PutShelfRequest(Shape, kw_only=True):
    Shelf: shapes.Shelf
    Name: String2
    Tags: Annotated[list[Tag], Meta(min_length=1)] | None = None
    Fixing: shapes.Fixing | None = None


class Fixing(TaggedUnion, kw_only=True):
    Screws: Integer1 | None = None
    Glue: shapes.Glue | None = None


class Glue(Shape, kw_only=True):
    Brand: String2 | None = None


PUT_SHELF = Operation(
    name="PutShelf",
    input=PutShelfRequest,
    output=ShelfAnswer,
)
