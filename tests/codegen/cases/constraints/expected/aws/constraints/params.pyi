# Generated, do not edit: `python -m edgemote_codegen generate --model constraints=model.json
# constraints` writes it anew.
# Model constraints, API version 2020-01-01,
# sha256 fad140c6f524a116f3d9681c55649f3b2c6d3b84ce8e6eb5b2204804d0c4134b
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO

class PutParams(TypedDict):
    Name: str
    Maybe: NotRequired[str]
    Percent: NotRequired[int]
    Offset: NotRequired[int]
    Ratio: NotRequired[float]
    Below: NotRequired[float]
    Tiny: NotRequired[float]
    Items: NotRequired[Sequence[str]]
    Grid: NotRequired[Sequence[Sequence[str]]]
    Tags: NotRequired[Mapping[str, str]]
    Raw: NotRequired[Blob]
    Big: NotRequired[int]
    Parts: NotRequired[Sequence[shapes.Part | PartDict]]

class PartDict(TypedDict):
    Name: NotRequired[str]
    Items: NotRequired[Sequence[str]]
