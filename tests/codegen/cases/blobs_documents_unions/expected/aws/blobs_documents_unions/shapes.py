# Generated, do not edit: `python -m edgemote_codegen generate --model
# blobs_documents_unions=model.json blobs_documents_unions` writes it anew.
# Model blobs_documents_unions, API version 2020-01-01,
# sha256 a449748c1ae3c7696ac07b472e6fc7a78bce65e984cc622c62e4de3c2cd827ba
"""Structs of Blobs Documents Unions."""

from __future__ import annotations

from ..shape import Document, Shape, TaggedUnion
from . import shapes


class PutRequest(Shape, kw_only=True):
    Raw: bytes | None = None
    Raws: list[bytes] | None = None
    RawsByName: dict[str, bytes] | None = None
    Anything: Document | None = None
    Anythings: list[Document] | None = None
    Choice: shapes.Choice | None = None
    Choices: list[shapes.Choice] | None = None


class PutResponse(Shape, kw_only=True):
    Raw: bytes | None = None
    Anything: Document | None = None
    Choice: shapes.Choice | None = None


class Choice(TaggedUnion, kw_only=True):
    Text: str | None = None
    Number: int | None = None
    Raw: bytes | None = None
    Nested: shapes.Nested | None = None
    Nothing: Unit | None = None
    Items: list[bytes] | None = None


class Nested(Shape, kw_only=True):
    Choice: shapes.Choice | None = None


class Unit(Shape, kw_only=True):
    pass
