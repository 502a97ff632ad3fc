# Generated, do not edit: `python -m edgemote_codegen generate --model compression=model.json
# compression` writes it anew.
# Model compression, API version 2020-01-01,
# sha256 558a8041451d4792d53288ca4693f777173935b84a8fa0087f9af1d7dfc4b9fd
"""Compression: client, structs and errors."""

from .client import Compression
from .shapes import Blob, Document_, Members, SizedBlob

__all__ = ["Blob", "Compression", "Document_", "Members", "SizedBlob"]
