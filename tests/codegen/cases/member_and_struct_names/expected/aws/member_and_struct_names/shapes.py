# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 8833106467ef4e5c24a1c0234ba9009fa030d457fc6e60d63f0e939c53ab8844
"""Structs of Member And Struct Names."""

from __future__ import annotations

import builtins as _builtins
import typing as _typing
from typing import Annotated

import msgspec as _msgspec
from msgspec import Meta

from .. import shape as _shape
from ..shape import Shape
from . import shapes
from . import shapes as _shapes

String2 = Annotated[str, Meta(min_length=2)]


class PutRequest(Shape, kw_only=True):
    Checksum: shapes.Checksum | None = None
    Definition: shapes.Definition | None = None
    Again: shapes.Checksum | None = None
    List: list[shapes.Checksum] | None = None
    Modules: shapes.Modules | None = None


class PutResponse(Shape, kw_only=True):
    Checksum: shapes.Checksum | None = None


class Checksum(Shape, kw_only=True):
    Checksum: shapes.Checksum | None = None
    Sum: str | None = None


class Definition(Shape, kw_only=True):
    Checksum: str | None = None
    Other: shapes.Checksum | None = None
    Definition: list[str] | None = None
    More: shapes.Definition | None = None


class Modules(Shape, kw_only=True):
    Checksum: _shapes.Checksum | None = None
    shapes: _shapes.Checksum | None = None
    Timestamp: _shape.Timestamp | None = None
    shape: _shape.Timestamp | None = None
    str: String2 | None = None
    builtins: String2 | None = None
    list: _typing.Annotated[_builtins.list[String2], _msgspec.Meta(min_length=1)] | None = None
    Annotated: _typing.Annotated[_builtins.list[String2], _msgspec.Meta(min_length=1)] | None = None
    typing: _typing.Annotated[_builtins.list[String2], _msgspec.Meta(min_length=1)] | None = None
    Meta: _typing.Annotated[_builtins.list[String2], _msgspec.Meta(min_length=1)] | None = None
    msgspec: _typing.Annotated[_builtins.list[String2], _msgspec.Meta(min_length=1)] | None = None
