# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""Structs of Headers."""

from __future__ import annotations

from ..shape import HttpTimestamp, JsonValue, Shape


class PutThingRequest(Shape, kw_only=True):
    Owner: str | None = None
    Size: int | None = None
    Dry: bool | None = None
    Until: HttpTimestamp | None = None
    Labels: list[str] | None = None
    Metadata: dict[str, str] | None = None
    Context: JsonValue | None = None
    Note: str | None = None


class PutThingResponse(Shape, kw_only=True):
    ETag: str | None = None
    Modified: HttpTimestamp | None = None
    Labels: list[str] | None = None
    Metadata: dict[str, str] | None = None
    Context: JsonValue | None = None
    Status: int | None = None
    Note: str | None = None
