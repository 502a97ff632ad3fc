# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 8833106467ef4e5c24a1c0234ba9009fa030d457fc6e60d63f0e939c53ab8844
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

Time = float | datetime | str

class PutParams(TypedDict):
    Checksum: NotRequired[shapes.Checksum | ChecksumDict]
    Definition: NotRequired[shapes.Definition | DefinitionDict]
    Again: NotRequired[shapes.Checksum | ChecksumDict]
    List: NotRequired[Sequence[shapes.Checksum | ChecksumDict]]
    Modules: NotRequired[shapes.Modules | ModulesDict]

class ChecksumDict(TypedDict):
    Checksum: NotRequired[shapes.Checksum | ChecksumDict]
    Sum: NotRequired[str]

class DefinitionDict(TypedDict):
    Checksum: NotRequired[str]
    Other: NotRequired[shapes.Checksum | ChecksumDict]
    Definition: NotRequired[Sequence[str]]
    More: NotRequired[shapes.Definition | DefinitionDict]

class ModulesDict(TypedDict):
    Checksum: NotRequired[shapes.Checksum | ChecksumDict]
    shapes: NotRequired[shapes.Checksum | ChecksumDict]
    Timestamp: NotRequired[Time]
    shape: NotRequired[Time]
    str: NotRequired[str]
    builtins: NotRequired[str]
    list: NotRequired[Sequence[str]]
    Annotated: NotRequired[Sequence[str]]
    typing: NotRequired[Sequence[str]]
    Meta: NotRequired[Sequence[str]]
    msgspec: NotRequired[Sequence[str]]
