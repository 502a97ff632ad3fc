# Generated, do not edit: `python -m edgemote_codegen generate --model recursive_shapes=model.json
# recursive_shapes` writes it anew.
# Model recursive_shapes, API version 2020-01-01,
# sha256 a1adb0a8f5f3a2f28ce3b609ec94aec69b387c4ccd935d644729bd6c6981ec96
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class PutTreeParams(TypedDict):
    Node: NotRequired[shapes.Node | NodeDict]
    Left: NotRequired[shapes.Left | LeftDict]
    Value: NotRequired[shapes.Value | ValueDict]

class NodeDict(TypedDict):
    Name: str
    Parent: NotRequired[shapes.Node | NodeDict]
    Children: NotRequired[Sequence[shapes.Node | NodeDict]]
    ByName: NotRequired[Mapping[str, shapes.Node | NodeDict]]

class LeftDict(TypedDict):
    Right: NotRequired[shapes.Right | RightDict]

class RightDict(TypedDict):
    Left: NotRequired[shapes.Left | LeftDict]

class ValueDict(TypedDict):
    S: NotRequired[str]
    L: NotRequired[Sequence[shapes.Value | ValueDict]]
    M: NotRequired[Mapping[str, Sequence[shapes.Value | ValueDict]]]
