# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model configured, API version 2020-01-01,
# sha256 b8d8343b228a3bb6e862248dce37c0d4f34402e7943b516721a0623202779588
"""Structs of Configured."""

from __future__ import annotations

from ..shape import Shape


class GetRequest(Shape, kw_only=True):
    Name: str | None = None
