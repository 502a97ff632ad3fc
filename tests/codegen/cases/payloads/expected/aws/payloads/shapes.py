# Generated, do not edit: `python -m edgemote_codegen generate --model payloads=model.json payloads`
# writes it anew.
# Model payloads, API version 2020-01-01,
# sha256 ff5b74355e5e584f880fbd7b50037172cbe36c45aaae0142775ba27b9ba7fc32
"""Structs of Payloads."""

from __future__ import annotations

from ..shape import ByteStream, Document, Shape


class PutStructureRequest(Shape, kw_only=True):
    Id: str
    Body: Thing | None = None


class PutStructureResponse(Shape, kw_only=True):
    Body: Thing | None = None
    Kind: str | None = None


class PutBlobRequest(Shape, kw_only=True):
    Id: str
    Body: bytes | None = None


class PutBlobResponse(Shape, kw_only=True):
    Body: bytes | None = None
    Kind: str | None = None


class PutStringRequest(Shape, kw_only=True):
    Id: str
    Body: str | None = None


class PutStringResponse(Shape, kw_only=True):
    Body: str | None = None
    Kind: str | None = None


class PutDocumentRequest(Shape, kw_only=True):
    Id: str
    Body: Document | None = None


class PutDocumentResponse(Shape, kw_only=True):
    Body: Document | None = None
    Kind: str | None = None


class PutStreamRequest(Shape, kw_only=True):
    Id: str
    Body: ByteStream | None = None


class PutStreamResponse(Shape, kw_only=True):
    Body: ByteStream | None = None
    Kind: str | None = None


class Thing(Shape, kw_only=True):
    Name: str | None = None
