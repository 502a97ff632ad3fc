# Generated, do not edit: `python -m edgemote_codegen generate --model compression=model.json
# compression` writes it anew.
# Model compression, API version 2020-01-01,
# sha256 558a8041451d4792d53288ca4693f777173935b84a8fa0087f9af1d7dfc4b9fd
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Iterable
from os import PathLike
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Stream = bytes | bytearray | str | PathLike[str] | BinaryIO | Iterable[bytes]

class PutMembersParams(TypedDict):
    Name: NotRequired[str]
    Encoding: NotRequired[str]

class PutAnotherEncodingParams(TypedDict):
    Name: NotRequired[str]
    Encoding: NotRequired[str]

class MembersDict(TypedDict):
    Name: NotRequired[str]
    Encoding: NotRequired[str]

class PutDocumentParams(TypedDict):
    Members: NotRequired[shapes.Members | MembersDict]

class PutBlobParams(TypedDict):
    Body: NotRequired[Stream]

class PutSizedBlobParams(TypedDict):
    Body: NotRequired[Stream]
