# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from typing_extensions import NotRequired

Time = float | datetime | str

class PutThingParams(TypedDict):
    Owner: NotRequired[str]
    Size: NotRequired[int]
    Dry: NotRequired[bool]
    Until: NotRequired[Time]
    Labels: NotRequired[Sequence[str]]
    Metadata: NotRequired[Mapping[str, str]]
    Context: NotRequired[Any]
    Note: NotRequired[str]
