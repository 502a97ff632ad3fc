# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Errors of Split Service."""

from __future__ import annotations

from ..errors import ServiceError
from . import shapes

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class ShelfFull(ServiceError):
    Load: shapes.Load | None = None
