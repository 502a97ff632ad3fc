# Generated, do not edit: `python -m edgemote_codegen generate --model payloads=model.json payloads`
# writes it anew.
# Model payloads, API version 2020-01-01,
# sha256 ff5b74355e5e584f880fbd7b50037172cbe36c45aaae0142775ba27b9ba7fc32
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Iterable
from os import PathLike
from typing import Any, BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO
Stream = bytes | bytearray | str | PathLike[str] | BinaryIO | Iterable[bytes]

class PutStructureParams(TypedDict):
    Id: str
    Body: NotRequired[shapes.Thing | ThingDict]

class PutBlobParams(TypedDict):
    Id: str
    Body: NotRequired[Blob]

class PutStringParams(TypedDict):
    Id: str
    Body: NotRequired[str]

class PutDocumentParams(TypedDict):
    Id: str
    Body: NotRequired[Any]

class PutStreamParams(TypedDict):
    Id: str
    Body: NotRequired[Stream]

class ThingDict(TypedDict):
    Name: NotRequired[str]
