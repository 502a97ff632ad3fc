# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""GetShelf of Split Service, and the structs that it alone uses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ...operation import Operation
from ...shape import Shape, Timestamp
from .. import shapes
from ..shapes.shelf_answer import ShelfAnswer

String2 = Annotated[str, Meta(min_length=2)]


class GetShelfRequest(Shape, kw_only=True):
    Name: String2 | None = None
    Tag: shapes.Tag | None = None
    At: Timestamp | None = None


GET_SHELF = Operation(
    name="GetShelf",
    input=GetShelfRequest,
    output=ShelfAnswer,
)
