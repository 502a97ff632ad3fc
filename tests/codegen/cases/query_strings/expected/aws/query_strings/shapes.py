# Generated, do not edit: `python -m edgemote_codegen generate --model query_strings=model.json
# query_strings` writes it anew.
# Model query_strings, API version 2020-01-01,
# sha256 7decc162e495eb3fa2b196e1bb4bab658d520fa15f74144237cf31228ef9dc0f
"""Structs of Query Strings."""

from __future__ import annotations

from ..shape import Iso8601Timestamp, Shape


class FindRequest(Shape, kw_only=True):
    Owner: str
    Limit: int | None = None
    Since: Iso8601Timestamp | None = None
    States: list[str] | None = None
    Deep: bool | None = None
    Tags: dict[str, str] | None = None
