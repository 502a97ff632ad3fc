# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""Structs of XML Traits."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Iso8601Timestamp, Shape
from . import shapes

String1 = Annotated[str, Meta(min_length=1)]


class Thing(Shape, kw_only=True, rename={"Size": "size"}):
    _xml_namespace = ("in", "urn:inner")
    _xml_attributes = ("Size",)

    Name: str | None = None
    Size: int | None = None


class In(Shape, kw_only=True, rename={"Named": "Name"}):
    _xml_namespace = ("", "urn:outer")

    Text: Annotated[str, Meta(extra={"namespace": ("", "urn:outer")})] | None = None
    Least: Annotated[String1, Meta(extra={"namespace": ("in", "urn:inner")})] | None = None
    When: Annotated[Iso8601Timestamp, Meta(extra={"namespace": ("", "urn:when")})] | None = None
    Names: (
        Annotated[
            list[Annotated[str, Meta(extra={"namespace": ("", "urn:outer")})]],
            Meta(extra={"namespace": ("in", "urn:inner")}),
        ]
        | None
    ) = None
    Counts: (
        Annotated[
            dict[
                Annotated[str, Meta(extra={"namespace": ("in", "urn:inner")})],
                Annotated[int, Meta(extra={"namespace": ("", "urn:outer")})],
            ],
            Meta(extra={"entry": ("key", "Count")}),
        ]
        | None
    ) = None
    Thing: Annotated[shapes.Thing, Meta(extra={"namespace": ("", "urn:outer")})] | None = None
    First: Annotated[list[str], Meta(extra={"flat": True, "item": "Tag"})] | None = None
    Second: Annotated[list[str], Meta(extra={"flat": True, "item": "Tag"})] | None = None
    Named: Annotated[list[str], Meta(extra={"flat": True, "item": "Tag", "named": True})] | None = (
        None
    )


class Out(Shape, kw_only=True):
    Text: str | None = None
    First: Annotated[list[str], Meta(extra={"flat": True, "item": "Tag"})] | None = None
    Second: Annotated[list[str], Meta(extra={"flat": True, "item": "Tag"})] | None = None


class PutThingRequest(Shape, kw_only=True, rename={"Thing": "Sent"}):
    Thing: shapes.Thing | None = None
