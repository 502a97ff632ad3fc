# Generated, do not edit: `python -m edgemote_codegen generate --model timestamp_formats=model.json
# timestamp_formats` writes it anew.
# Model timestamp_formats, API version 2020-01-01,
# sha256 cbaeafdff1b8b9e71faeb1a3aa9c2f1f40eb41900c4b7b603d16ab5a61b8c27b
"""Structs of Timestamp Formats."""

from __future__ import annotations

from ..shape import HttpTimestamp, Iso8601Timestamp, Shape, Timestamp


class PutTimesRequest(Shape, kw_only=True):
    At: Iso8601Timestamp
    Plain: Timestamp | None = None
    Iso: Iso8601Timestamp | None = None
    Http: HttpTimestamp | None = None
    Epoch: Timestamp | None = None
    MemberIso: Iso8601Timestamp | None = None
    MemberHttp: HttpTimestamp | None = None
    List: list[Iso8601Timestamp] | None = None
    Map: dict[str, Timestamp] | None = None
    HeaderPlain: HttpTimestamp | None = None
    HeaderIso: Iso8601Timestamp | None = None
    HeaderHttp: HttpTimestamp | None = None
    HeaderEpoch: Timestamp | None = None
    HeaderMemberIso: Iso8601Timestamp | None = None
    HeaderMemberHttp: HttpTimestamp | None = None
    QueryPlain: Iso8601Timestamp | None = None
    QueryIso: Iso8601Timestamp | None = None
    QueryHttp: HttpTimestamp | None = None
    QueryEpoch: Timestamp | None = None
    QueryMemberIso: Iso8601Timestamp | None = None
    QueryMemberHttp: HttpTimestamp | None = None
    QueryTimes: list[Iso8601Timestamp] | None = None
    HeaderTimes: list[Iso8601Timestamp] | None = None


class PutTimesResponse(Shape, kw_only=True):
    Plain: Timestamp | None = None
    Iso: Iso8601Timestamp | None = None
    Http: HttpTimestamp | None = None
    Epoch: Timestamp | None = None
    MemberIso: Iso8601Timestamp | None = None
    MemberHttp: HttpTimestamp | None = None
    List: list[Iso8601Timestamp] | None = None
    Map: dict[str, Timestamp] | None = None
    HeaderPlain: HttpTimestamp | None = None
    HeaderIso: Iso8601Timestamp | None = None
    HeaderHttp: HttpTimestamp | None = None
    HeaderEpoch: Timestamp | None = None
    HeaderMemberIso: Iso8601Timestamp | None = None
    HeaderMemberHttp: HttpTimestamp | None = None
