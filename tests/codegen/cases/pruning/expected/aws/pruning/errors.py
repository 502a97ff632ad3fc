# Generated, do not edit: `python -m edgemote_codegen generate --model pruning=model.json
# pruning:GetThing` writes it anew.
# Model pruning, API version 2020-01-01,
# sha256 77e42165f154a0ebd254c337f768ea2ca947c3f9ba152b474c5c4f17ec40c919
"""Errors of Pruning."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class NotFound(ServiceError):
    pass
