# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_service=model.json bearer_token_service` writes it anew.
# Model bearer_token_service, API version 2020-01-01,
# sha256 f94f2166397f6e1350acc9b143a6ae20dda7cd445a213fd82693c27206b14d7f
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

class GetParams(TypedDict):
    Name: str
    Tags: NotRequired[Sequence[str]]
    ByName: NotRequired[Mapping[str, str]]
