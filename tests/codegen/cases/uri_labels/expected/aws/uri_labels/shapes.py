# Generated, do not edit: `python -m edgemote_codegen generate --model uri_labels=model.json
# uri_labels` writes it anew.
# Model uri_labels, API version 2020-01-01,
# sha256 5dc7e5fc8440e979ac04b7d3400c281b2e8198fc11308b9ef33031c1ff910436
"""Structs of Uri Labels."""

from __future__ import annotations

from ..shape import Iso8601Timestamp, Shape


class GetPartRequest(Shape, kw_only=True):
    shelf: str
    part: str


class GetShelfAtRequest(Shape, kw_only=True):
    Number: int
    At: Iso8601Timestamp
    Lit: bool
