# Generated, do not edit: `python -m edgemote_codegen generate --model timestamp_formats=model.json
# timestamp_formats` writes it anew.
# Model timestamp_formats, API version 2020-01-01,
# sha256 cbaeafdff1b8b9e71faeb1a3aa9c2f1f40eb41900c4b7b603d16ab5a61b8c27b
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

Time = float | datetime | str

class PutTimesParams(TypedDict):
    At: Time
    Plain: NotRequired[Time]
    Iso: NotRequired[Time]
    Http: NotRequired[Time]
    Epoch: NotRequired[Time]
    MemberIso: NotRequired[Time]
    MemberHttp: NotRequired[Time]
    List: NotRequired[Sequence[Time]]
    Map: NotRequired[Mapping[str, Time]]
    HeaderPlain: NotRequired[Time]
    HeaderIso: NotRequired[Time]
    HeaderHttp: NotRequired[Time]
    HeaderEpoch: NotRequired[Time]
    HeaderMemberIso: NotRequired[Time]
    HeaderMemberHttp: NotRequired[Time]
    QueryPlain: NotRequired[Time]
    QueryIso: NotRequired[Time]
    QueryHttp: NotRequired[Time]
    QueryEpoch: NotRequired[Time]
    QueryMemberIso: NotRequired[Time]
    QueryMemberHttp: NotRequired[Time]
    QueryTimes: NotRequired[Sequence[Time]]
    HeaderTimes: NotRequired[Sequence[Time]]
