# Generated, do not edit: `python -m edgemote_codegen generate --model typed_errors=model.json
# typed_errors` writes it anew.
# Model typed_errors, API version 2020-01-01,
# sha256 a9276b501cd3cff66973ba5c57d866fb638a2fda69489df605e99a912cd2ce60
"""Structs of Service Errors."""

from __future__ import annotations

from ..shape import Shape


class Cause(Shape, kw_only=True):
    Text: str | None = None
