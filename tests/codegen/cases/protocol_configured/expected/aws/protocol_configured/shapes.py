# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model protocol_configured, API version 2020-01-01,
# sha256 5806ef5e49ff58e9d5448d4849e61f574c4a123ffd6617fa2ac1cf2b1bfc1059
"""Structs of Protocol Configured."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(Shape, kw_only=True):
    Name: str | None = None
