# Generated, do not edit: `python -m edgemote_codegen generate --model sensitive_members=model.json
# sensitive_members` writes it anew.
# Model sensitive_members, API version 2020-01-01,
# sha256 f4c3a80f0c87d5163d2205cf362d8c0fce1d27850c4ce7ef00f4e8035c022a21
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO

class PutSecretParams(TypedDict):
    Password: str
    Key: NotRequired[Blob]
    Old: NotRequired[Sequence[str]]
    Pin: NotRequired[str]
    Owner: NotRequired[shapes.Owner | OwnerDict]
    ByName: NotRequired[Mapping[str, str]]

class OwnerDict(TypedDict):
    Name: NotRequired[str]
