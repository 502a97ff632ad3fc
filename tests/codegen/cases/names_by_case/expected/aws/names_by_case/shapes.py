# Generated, do not edit: `python -m edgemote_codegen generate --model names_by_case=model.json
# names_by_case` writes it anew.
# Model names_by_case, API version 2020-01-01,
# sha256 5418d859c16b490de652bebddcf9931d9c18cdfd75c3175f7bc70d81740dea1d
"""Structs of Names By Case."""

from __future__ import annotations

from ..shape import Shape
from . import shapes


class GetThing(Shape, kw_only=True):
    name: str | None = None
    Name: str | None = None
    NAME: str | None = None


class getThing(Shape, kw_only=True):
    Thing: shapes.Thing | None = None
    thing: shapes.thing | None = None


class Getthing(Shape, kw_only=True):
    Thing: THING | None = None


class GET_THING_(Shape, kw_only=True):
    Thing: shapes.Thing | None = None


class Thing(Shape, kw_only=True):
    Name: str | None = None


class thing(Shape, kw_only=True):
    Name: str | None = None


class THING(Shape, kw_only=True):
    Name: str | None = None
