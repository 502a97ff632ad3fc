# Generated, do not edit: `python -m edgemote_codegen generate --model pruning=model.json
# pruning:GetThing` writes it anew.
# Model pruning, API version 2020-01-01,
# sha256 77e42165f154a0ebd254c337f768ea2ca947c3f9ba152b474c5c4f17ec40c919
"""Structs of Pruning."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape
from . import shapes

String1 = Annotated[str, Meta(min_length=1)]


class GetThingRequest(Shape, kw_only=True):
    Id: String1 | None = None


class GetThingResponse(Shape, kw_only=True):
    Thing: shapes.Thing | None = None


class Thing(Shape, kw_only=True):
    Parts: list[Part] | None = None


class Part(Shape, kw_only=True):
    Name: str | None = None
