# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_or_signature=model.json bearer_token_or_signature` writes it anew.
# Model bearer_token_or_signature, API version 2020-01-01,
# sha256 1536a596b33a15af80b73da3df12ac01e684e544c2ccf035aa0968d261821f76
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

class GetParams(TypedDict):
    Name: str
    Tags: NotRequired[Sequence[str]]
    ByName: NotRequired[Mapping[str, str]]
