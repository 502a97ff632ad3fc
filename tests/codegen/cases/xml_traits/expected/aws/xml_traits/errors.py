# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""Errors of XML Traits."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class Throttled(ServiceError):
    _head_names = (("retryAfter", "retry-after"),)

    retryAfter: int | None = None
    Tags: Annotated[list[str], Meta(extra={"flat": True, "item": "Tag"})] | None = None
