# Generated, do not edit: `python -m edgemote_codegen generate --model
# blobs_documents_unions=model.json blobs_documents_unions` writes it anew.
# Model blobs_documents_unions, API version 2020-01-01,
# sha256 a449748c1ae3c7696ac07b472e6fc7a78bce65e984cc622c62e4de3c2cd827ba
"""Errors of Blobs Documents Unions."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
