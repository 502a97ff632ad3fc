# Generated, do not edit: `python -m edgemote_codegen generate --model query_compatible=model.json
# query_compatible` writes it anew.
# Model query_compatible, API version 2020-01-01,
# sha256 f7bed54eaf361ce54940221c4cf5d4d612e2525c5a4af758588d9a4048b65d2f
"""Structs of Query Compatible."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(Shape, kw_only=True):
    Name: str
