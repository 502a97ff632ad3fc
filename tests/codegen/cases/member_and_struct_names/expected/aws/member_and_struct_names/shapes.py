# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 c5bb3e94721d374806e1e6e9918795d541ddc0a77aeff6042c5a893a4b2a236c
"""Structs of Member And Struct Names."""

from __future__ import annotations

from ..shape import Shape
from . import shapes


class PutRequest(Shape, kw_only=True):
    Checksum: shapes.Checksum | None = None
    Definition: shapes.Definition | None = None
    Again: shapes.Checksum | None = None
    List: list[shapes.Checksum] | None = None


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
