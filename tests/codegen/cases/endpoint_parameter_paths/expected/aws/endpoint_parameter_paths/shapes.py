# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""Structs of Paths."""

from __future__ import annotations

from ..shape import Shape
from . import shapes


class ItemsRequest(Shape, kw_only=True):
    Items: list[Item] | None = None


class ByNameRequest(Shape, kw_only=True):
    ByName: dict[str, str] | None = None


class StreamRequest(Shape, kw_only=True):
    Source: shapes.Source | None = None


class Item(Shape, kw_only=True):
    Get: Named | None = None
    Put: Named | None = None


class Named(Shape, kw_only=True):
    Name: str | None = None


class Source(Shape, kw_only=True, rename={"from_": "from"}):
    from_: str | None = None
