# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class BatchReadParams(TypedDict):
    Items: NotRequired[Sequence[shapes.Item | ItemDict]]

class TransactParams(TypedDict):
    Items: NotRequired[Sequence[shapes.Item | ItemDict]]

class FindByNameParams(TypedDict):
    ByName: NotRequired[Mapping[str, str]]

class ReadStreamParams(TypedDict):
    Source: NotRequired[shapes.Source | SourceDict]

class ItemDict(TypedDict):
    Get: NotRequired[shapes.Named | NamedDict]
    Put: NotRequired[shapes.Named | NamedDict]

class NamedDict(TypedDict):
    Name: NotRequired[str]

SourceDict = TypedDict(
    "SourceDict",
    {
        "from": NotRequired[str],
    },
)
