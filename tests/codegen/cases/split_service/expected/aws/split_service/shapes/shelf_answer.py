# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Structs of Split Service that the same operations use."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ...shape import Shape
from .. import shapes

String2 = Annotated[str, Meta(min_length=2)]


class ShelfAnswer(Shape, kw_only=True):
    """What both operations answer."""

    Shelf: shapes.Shelf | None = None


class Shelf(Shape, kw_only=True):
    Above: Shelf | None = None
    Boards: list[Board] | None = None


class Board(Shape, kw_only=True):
    Shelf: shapes.Shelf | None = None
    Shelves: shapes.Shelf | None = None


class Tag(Shape, kw_only=True):
    Key: String2
    Value: str | None = None
