# Generated, do not edit: `python -m edgemote_codegen generate --model
# blobs_documents_unions=model.json blobs_documents_unions` writes it anew.
# Model blobs_documents_unions, API version 2020-01-01,
# sha256 a449748c1ae3c7696ac07b472e6fc7a78bce65e984cc622c62e4de3c2cd827ba
"""Blobs Documents Unions: client, structs and errors."""

from .client import BlobsDocumentsUnions
from .shapes import Choice, Nested, PutRequest, PutResponse, Unit

__all__ = ["BlobsDocumentsUnions", "Choice", "Nested", "PutRequest", "PutResponse", "Unit"]
