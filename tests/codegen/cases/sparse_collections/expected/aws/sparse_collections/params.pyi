# Generated, do not edit: `python -m edgemote_codegen generate --model sparse_collections=model.json
# sparse_collections` writes it anew.
# Model sparse_collections, API version 2020-01-01,
# sha256 07ec050f02133df6909b88e4e088bcb50cb50207be68f160ad6a8893a432483c
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class PutParams(TypedDict):
    Numbers: NotRequired[Sequence[int | None]]
    Names: NotRequired[Mapping[str, str | None]]
    Things: NotRequired[Sequence[shapes.Thing | ThingDict | None]]
    Grid: NotRequired[Sequence[Sequence[int | None] | None]]

class ThingDict(TypedDict):
    Name: NotRequired[str]
