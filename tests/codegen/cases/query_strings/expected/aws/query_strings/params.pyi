# Generated, do not edit: `python -m edgemote_codegen generate --model query_strings=model.json
# query_strings` writes it anew.
# Model query_strings, API version 2020-01-01,
# sha256 7decc162e495eb3fa2b196e1bb4bab658d520fa15f74144237cf31228ef9dc0f
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

Time = float | datetime | str

class FindParams(TypedDict):
    Owner: str
    Limit: NotRequired[int]
    Since: NotRequired[Time]
    States: NotRequired[Sequence[str]]
    Deep: NotRequired[bool]
    Tags: NotRequired[Mapping[str, str]]
