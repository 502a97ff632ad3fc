# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_service=model.json bearer_token_service` writes it anew.
# Model bearer_token_service, API version 2020-01-01,
# sha256 f94f2166397f6e1350acc9b143a6ae20dda7cd445a213fd82693c27206b14d7f
"""Structs of Tokens."""

from __future__ import annotations

from ..shape import Shape, Timestamp


class GetRequest(Shape, kw_only=True):
    Name: str
    Tags: list[str] | None = None
    ByName: dict[str, str] | None = None


class GetResponse(Shape, kw_only=True):
    At: Timestamp | None = None
