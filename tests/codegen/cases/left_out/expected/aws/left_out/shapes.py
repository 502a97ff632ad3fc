# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 2871b009fe7e038527e4c5de1bf1096e72716931d997e51d90e8664ae84267fd
"""Structs of Left Out."""

from __future__ import annotations

from ..shape import Shape


class GetResponse(Shape, kw_only=True):
    Name: str | None = None
