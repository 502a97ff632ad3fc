# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 c5bb3e94721d374806e1e6e9918795d541ddc0a77aeff6042c5a893a4b2a236c
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class PutParams(TypedDict):
    Checksum: NotRequired[shapes.Checksum | ChecksumDict]
    Definition: NotRequired[shapes.Definition | DefinitionDict]
    Again: NotRequired[shapes.Checksum | ChecksumDict]
    List: NotRequired[Sequence[shapes.Checksum | ChecksumDict]]

class ChecksumDict(TypedDict):
    Checksum: NotRequired[shapes.Checksum | ChecksumDict]
    Sum: NotRequired[str]

class DefinitionDict(TypedDict):
    Checksum: NotRequired[str]
    Other: NotRequired[shapes.Checksum | ChecksumDict]
    Definition: NotRequired[Sequence[str]]
    More: NotRequired[shapes.Definition | DefinitionDict]
