# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from typing import TypedDict

from typing_extensions import NotRequired

class ListShelvesParams(TypedDict):
    House: str
    Marker: NotRequired[str]
    Limit: NotRequired[int]

ListDoorsParams = TypedDict(
    "ListDoorsParams",
    {
        "from": NotRequired[str],
        "self": NotRequired[str],
        "Limit": NotRequired[str],
    },
)

class DescribeDoorsParams(TypedDict):
    Names: NotRequired[Sequence[str]]

class PingParams(TypedDict):
    pass
