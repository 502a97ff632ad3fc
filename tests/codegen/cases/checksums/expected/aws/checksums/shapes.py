# Generated, do not edit: `python -m edgemote_codegen generate --model checksums=model.json
# checksums` writes it anew.
# Model checksums, API version 2020-01-01,
# sha256 3a0dd03dd5f1f2ae194d20b84984b92030dbc71897d65c23a7e898559594c420
"""Structs of Checksums."""

from __future__ import annotations

from ..shape import Shape


class PutMd5Request(Shape, kw_only=True):
    Name: str | None = None
    Algorithm: str | None = None
