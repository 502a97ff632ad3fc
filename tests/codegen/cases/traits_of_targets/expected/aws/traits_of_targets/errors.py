# Generated, do not edit: `python -m edgemote_codegen generate --model traits_of_targets=model.json
# traits_of_targets` writes it anew.
# Model traits_of_targets, API version 2020-01-01,
# sha256 20af37f6f48699009de64231abcdfc791afa58a15cc0bb366813fdcfefb4964c
"""Errors of Traits."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class Refused(ServiceError):
    _head_names = (("message", "x-head"), ("Heads", ":headers x-all-"))

    Heads: dict[str, str] | None = None
