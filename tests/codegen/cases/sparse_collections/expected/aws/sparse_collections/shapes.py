# Generated, do not edit: `python -m edgemote_codegen generate --model sparse_collections=model.json
# sparse_collections` writes it anew.
# Model sparse_collections, API version 2020-01-01,
# sha256 07ec050f02133df6909b88e4e088bcb50cb50207be68f160ad6a8893a432483c
"""Structs of Sparse Collections."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(Shape, kw_only=True):
    Numbers: list[int | None] | None = None
    Names: dict[str, str | None] | None = None
    Things: list[Thing | None] | None = None
    Grid: list[list[int | None] | None] | None = None


class PutResponse(Shape, kw_only=True):
    Numbers: list[int | None] | None = None
    Names: dict[str, str | None] | None = None


class Thing(Shape, kw_only=True):
    Name: str | None = None
