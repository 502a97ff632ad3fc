# Generated, do not edit: `python -m edgemote_codegen generate --model service_errors=model.json service_errors` writes it anew.
# Model service_errors, API version 2020-01-01,
# sha256 f76d7edae2256120a93df0166dd53f3126cedade69011039faa4aaf2e5f2f62d
"""Structs of Service Errors."""

from __future__ import annotations

from aws.shape import Shape


class Cause(Shape, kw_only=True):
    Text: str | None = None
