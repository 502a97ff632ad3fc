# Generated, do not edit: `python -m edgemote_codegen generate --model host_prefixes=model.json
# host_prefixes` writes it anew.
# Model host_prefixes, API version 2020-01-01,
# sha256 a7d2f242fd7e8445dbec1e3c795b440f20824a6af333ab228a86933e73e757be
"""Structs of Host Prefixes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape

String1 = Annotated[str, Meta(min_length=1)]


class GetAccountRequest(Shape, kw_only=True):
    AccountId: String1
