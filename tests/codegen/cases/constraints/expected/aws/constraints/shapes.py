# Generated, do not edit: `python -m edgemote_codegen generate --model constraints=model.json
# constraints` writes it anew.
# Model constraints, API version 2020-01-01,
# sha256 fad140c6f524a116f3d9681c55649f3b2c6d3b84ce8e6eb5b2204804d0c4134b
"""Structs of Constraints."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape

Integer0 = Annotated[int, Meta(ge=0)]
Integer1000000000000 = Annotated[int, Meta(ge=1000000000000)]
IntegerMinus10 = Annotated[int, Meta(ge=-10)]
Number0_5 = Annotated[float, Meta(ge=0.5)]
Number1eMinus06 = Annotated[float, Meta(ge=1e-06)]
NumberMinus90 = Annotated[float, Meta(ge=-90.0)]
String1 = Annotated[str, Meta(min_length=1)]


class PutRequest(Shape, kw_only=True):
    Name: String1
    Maybe: str | None = None
    Percent: Integer0 | None = None
    Offset: IntegerMinus10 | None = None
    Ratio: Number0_5 | None = None
    Below: NumberMinus90 | None = None
    Tiny: Number1eMinus06 | None = None
    Items: Annotated[list[String1], Meta(min_length=1)] | None = None
    Grid: (
        Annotated[list[Annotated[list[String1], Meta(min_length=1)]], Meta(min_length=2)] | None
    ) = None
    Tags: dict[String1, String1] | None = None
    Raw: bytes | None = None
    Big: Integer1000000000000 | None = None
    Parts: Annotated[list[Part], Meta(min_length=1)] | None = None


class PutResponse(Shape, kw_only=True):
    Name: str | None = None
    Percent: int | None = None
    Items: list[str] | None = None


class Part(Shape, kw_only=True):
    Name: String1 | None = None
    Items: Annotated[list[String1], Meta(min_length=1)] | None = None
