# Generated, do not edit: `python -m edgemote_codegen generate --model ec2_forms=model.json
# ec2_forms` writes it anew.
# Model ec2_forms, API version 2020-01-01,
# sha256 b0d57dfb1abc06484c73b74e211bf549ba4ce8ab54b1bb2951f1aa31947e848d
"""Structs of EC2 Forms."""

from __future__ import annotations

from ..shape import Iso8601Timestamp, Shape
from . import shapes


class Thing(
    Shape,
    kw_only=True,
    rename={
        "Names": "nameSet",
        "Addresses": "addressSet",
        "Content": "content",
        "Made": "made",
        "Inner": "inner",
    },
):
    _form_names = {"Addresses": "Addresses"}

    Names: list[str] | None = None
    Addresses: list[str] | None = None
    Content: bytes | None = None
    Made: Iso8601Timestamp | None = None
    Inner: Thing | None = None


class PutThingRequest(Shape, kw_only=True):
    Thing: shapes.Thing | None = None
    Id: str


class PutThingResult(Shape, kw_only=True):
    Thing: shapes.Thing | None = None
