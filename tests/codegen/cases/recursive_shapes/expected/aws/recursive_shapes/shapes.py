# Generated, do not edit: `python -m edgemote_codegen generate --model recursive_shapes=model.json
# recursive_shapes` writes it anew.
# Model recursive_shapes, API version 2020-01-01,
# sha256 a1adb0a8f5f3a2f28ce3b609ec94aec69b387c4ccd935d644729bd6c6981ec96
"""Structs of Recursive Shapes."""

from __future__ import annotations

from ..shape import Shape, TaggedUnion


class PutTreeRequest(Shape, kw_only=True):
    Node: _Node | None = None
    Left: _Left | None = None
    Value: _Value | None = None


class PutTreeResponse(Shape, kw_only=True):
    Node: _Node | None = None


class Node(Shape, kw_only=True):
    Name: str
    Parent: Node | None = None
    Children: list[Node] | None = None
    ByName: dict[str, Node] | None = None


class Left(Shape, kw_only=True):
    Right: _Right | None = None


class Right(Shape, kw_only=True):
    Left: _Left | None = None


class Value(TaggedUnion, kw_only=True):
    S: str | None = None
    L: list[Value] | None = None
    M: dict[str, list[Value]] | None = None


# For class bodies in which a field of the same name hides it.
_Left = Left
_Node = Node
_Right = Right
_Value = Value
