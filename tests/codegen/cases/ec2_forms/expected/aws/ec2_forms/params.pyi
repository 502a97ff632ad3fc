# Generated, do not edit: `python -m edgemote_codegen generate --model ec2_forms=model.json
# ec2_forms` writes it anew.
# Model ec2_forms, API version 2020-01-01,
# sha256 b0d57dfb1abc06484c73b74e211bf549ba4ce8ab54b1bb2951f1aa31947e848d
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO
Time = float | datetime | str

class ThingDict(TypedDict):
    Names: NotRequired[Sequence[str]]
    Addresses: NotRequired[Sequence[str]]
    Content: NotRequired[Blob]
    Made: NotRequired[Time]
    Inner: NotRequired[shapes.Thing | ThingDict]

class PutThingParams(TypedDict):
    Thing: NotRequired[shapes.Thing | ThingDict]
    Id: str
