# Generated, do not edit: `python -m edgemote_codegen generate --model xml_forms=model.json
# xml_forms` writes it anew.
# Model xml_forms, API version 2020-01-01,
# sha256 eab8b3616eca1af7e3a8f598a445b1f38d8d7e320ee45b075524cf933b1d60bd
"""Structs of XML Forms."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Iso8601Timestamp, Shape
from . import shapes


class Thing(Shape, kw_only=True, rename={"Tags": "Tag", "Labels": "Label", "Shares": "Share"}):
    Names: Annotated[list[str], Meta(extra={"item": "item"})] | None = None
    Tags: Annotated[list[str], Meta(extra={"flat": True})] | None = None
    Labels: Annotated[list[str], Meta(extra={"flat": True})] | None = None
    Counts: dict[str, int] | None = None
    Shares: (
        Annotated[dict[str, int], Meta(extra={"flat": True, "entry": ("Name", "Count")})] | None
    ) = None
    Content: bytes | None = None
    Made: Iso8601Timestamp | None = None
    Inner: Thing | None = None


class Owner(Shape, kw_only=True, rename={"Kind": "xsi:type"}):
    _xml_namespace = ("xsi", "http://www.w3.org/2001/XMLSchema-instance")
    _xml_attributes = ("Kind",)

    Kind: str | None = None
    Id: str | None = None


class PutThingRequest(Shape, kw_only=True, rename={"Thing": "ThingConfiguration"}):
    Id: str
    Thing: shapes.Thing | None = None


class PutThingResponse(Shape, kw_only=True):
    Location: str | None = None
    Thing: shapes.Thing | None = None


class SetOwnerRequest(Shape, kw_only=True, rename={"Event": "Event_", "Events": "Event"}):
    _xml_shared = {"Event": "Events"}

    Owner: shapes.Owner | None = None
    Event: str | None = None
    Events: Annotated[list[str], Meta(extra={"flat": True})] | None = None


class SetOwnerResponse(Shape, kw_only=True):
    Owner: shapes.Owner | None = None
