# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 b970629782418198eb72b8e9a494ea05fa1b560337bac8cefd6ca5c3e03b39be
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Stream = bytes | bytearray | str | BinaryIO | Iterable[bytes]

class GetStreamParams(TypedDict):
    StreamARN: str

class GetStreamsParams(TypedDict):
    Streams: NotRequired[Sequence[shapes.Stream | StreamDict]]

class StreamDict(TypedDict):
    Name: NotRequired[str]
