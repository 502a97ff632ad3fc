# Generated, do not edit: `python -m edgemote_codegen generate --model query_forms=model.json
# query_forms` writes it anew.
# Model query_forms, API version 2020-01-01,
# sha256 0f709d51f4ebc71c5896d302055a709a8628091319dd89e02bbf620927c3d8fa
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO
Time = float | datetime | str

class ThingDict(TypedDict):
    Names: NotRequired[Sequence[str]]
    Tags: NotRequired[Sequence[str]]
    Labels: NotRequired[Sequence[str]]
    Counts: NotRequired[Mapping[str, int]]
    Shares: NotRequired[Mapping[str, int]]
    Content: NotRequired[Blob]
    Made: NotRequired[Time]
    Inner: NotRequired[shapes.Thing | ThingDict]

class PutThingParams(TypedDict):
    Thing: NotRequired[shapes.Thing | ThingDict]
    Id: str
