# Generated, do not edit: `python -m edgemote_codegen generate --model
# blobs_documents_unions=model.json blobs_documents_unions` writes it anew.
# Model blobs_documents_unions, API version 2020-01-01,
# sha256 a449748c1ae3c7696ac07b472e6fc7a78bce65e984cc622c62e4de3c2cd827ba
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO

class PutParams(TypedDict):
    Raw: NotRequired[Blob]
    Raws: NotRequired[Sequence[Blob]]
    RawsByName: NotRequired[Mapping[str, Blob]]
    Anything: NotRequired[Any]
    Anythings: NotRequired[Sequence[Any]]
    Choice: NotRequired[shapes.Choice | ChoiceDict]
    Choices: NotRequired[Sequence[shapes.Choice | ChoiceDict]]

class ChoiceDict(TypedDict):
    Text: NotRequired[str]
    Number: NotRequired[int]
    Raw: NotRequired[Blob]
    Nested: NotRequired[shapes.Nested | NestedDict]
    Nothing: NotRequired[shapes.Unit | UnitDict]
    Items: NotRequired[Sequence[Blob]]

class NestedDict(TypedDict):
    Choice: NotRequired[shapes.Choice | ChoiceDict]

class UnitDict(TypedDict):
    pass
