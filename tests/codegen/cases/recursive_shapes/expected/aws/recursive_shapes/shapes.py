# Generated, do not edit: `python -m edgemote_codegen generate --model recursive_shapes=model.json
# recursive_shapes` writes it anew.
# Model recursive_shapes, API version 2020-01-01,
# sha256 a1adb0a8f5f3a2f28ce3b609ec94aec69b387c4ccd935d644729bd6c6981ec96
"""Structs of Recursive Shapes."""

from __future__ import annotations

from ..shape import Shape, TaggedUnion
from . import shapes


class PutTreeRequest(Shape, kw_only=True):
    Node: shapes.Node | None = None
    Left: shapes.Left | None = None
    Value: shapes.Value | None = None


class PutTreeResponse(Shape, kw_only=True):
    Node: shapes.Node | None = None


class Node(Shape, kw_only=True):
    Name: str
    Parent: Node | None = None
    Children: list[Node] | None = None
    ByName: dict[str, Node] | None = None


class Left(Shape, kw_only=True):
    Right: shapes.Right | None = None


class Right(Shape, kw_only=True):
    Left: shapes.Left | None = None


class Value(TaggedUnion, kw_only=True):
    S: str | None = None
    L: list[Value] | None = None
    M: dict[str, list[Value]] | None = None
