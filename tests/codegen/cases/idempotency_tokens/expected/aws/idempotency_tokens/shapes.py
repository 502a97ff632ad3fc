# Generated, do not edit: `python -m edgemote_codegen generate --model idempotency_tokens=model.json
# idempotency_tokens` writes it anew.
# Model idempotency_tokens, API version 2020-01-01,
# sha256 03f311f1f2128ca57e46e247b49b011023003a01583837601bb674b57cc3133b
"""Structs of Idempotency Tokens."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape

String1 = Annotated[str, Meta(min_length=1)]


class StartJobRequest(Shape, kw_only=True):
    ClientToken: String1 | None = None
    Name: str
