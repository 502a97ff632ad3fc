# Generated, do not edit: `python -m edgemote_codegen generate --model bearer_token=model.json
# bearer_token` writes it anew.
# Model bearer_token, API version 2020-01-01,
# sha256 3c1a44b9cabe365ba50136606f8187e3cb41e20ee64a3e7c0c2003703455aee9
"""Structs of Tokens."""

from __future__ import annotations

from ..shape import Shape, Timestamp


class GetRequest(Shape, kw_only=True):
    Name: str
    Tags: list[str] | None = None
    ByName: dict[str, str] | None = None


class GetResponse(Shape, kw_only=True):
    At: Timestamp | None = None
