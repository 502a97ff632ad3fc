# Generated, do not edit: `python -m edgemote_codegen generate --model sparse_collections=model.json
# sparse_collections` writes it anew.
# Model sparse_collections, API version 2020-01-01,
# sha256 07ec050f02133df6909b88e4e088bcb50cb50207be68f160ad6a8893a432483c
"""Errors of Sparse Collections."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
