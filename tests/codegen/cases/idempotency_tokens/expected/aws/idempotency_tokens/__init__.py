# Generated, do not edit: `python -m edgemote_codegen generate --model idempotency_tokens=model.json
# idempotency_tokens` writes it anew.
# Model idempotency_tokens, API version 2020-01-01,
# sha256 03f311f1f2128ca57e46e247b49b011023003a01583837601bb674b57cc3133b
"""Idempotency Tokens: client, structs and errors."""

from .client import IdempotencyTokens
from .shapes import StartJobRequest

__all__ = ["IdempotencyTokens", "StartJobRequest"]
