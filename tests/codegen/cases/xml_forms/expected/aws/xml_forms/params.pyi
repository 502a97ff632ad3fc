# Generated, do not edit: `python -m edgemote_codegen generate --model xml_forms=model.json
# xml_forms` writes it anew.
# Model xml_forms, API version 2020-01-01,
# sha256 eab8b3616eca1af7e3a8f598a445b1f38d8d7e320ee45b075524cf933b1d60bd
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

class OwnerDict(TypedDict):
    Kind: NotRequired[str]
    Id: NotRequired[str]

class PutThingParams(TypedDict):
    Id: str
    Thing: NotRequired[shapes.Thing | ThingDict]

class SetOwnerParams(TypedDict):
    Owner: NotRequired[shapes.Owner | OwnerDict]
    Event: NotRequired[str]
    Events: NotRequired[Sequence[str]]
