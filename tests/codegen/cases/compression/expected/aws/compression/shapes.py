# Generated, do not edit: `python -m edgemote_codegen generate --model compression=model.json
# compression` writes it anew.
# Model compression, API version 2020-01-01,
# sha256 558a8041451d4792d53288ca4693f777173935b84a8fa0087f9af1d7dfc4b9fd
"""Structs of Compression."""

from __future__ import annotations

from ..shape import ByteStream, Shape
from . import shapes


class Members(Shape, kw_only=True):
    Name: str | None = None
    Encoding: str | None = None


class Document_(Shape, kw_only=True):
    Members: shapes.Members | None = None


class Blob(Shape, kw_only=True):
    Body: ByteStream | None = None


class SizedBlob(Shape, kw_only=True):
    Body: ByteStream | None = None
