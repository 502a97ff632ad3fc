# Generated, do not edit: `python -m edgemote_codegen generate --model sparse_collections=model.json
# sparse_collections` writes it anew.
# Model sparse_collections, API version 2020-01-01,
# sha256 07ec050f02133df6909b88e4e088bcb50cb50207be68f160ad6a8893a432483c
"""Sparse Collections: client, structs and errors."""

from .client import SparseCollections
from .shapes import PutRequest, PutResponse, Thing

__all__ = ["PutRequest", "PutResponse", "SparseCollections", "Thing"]
