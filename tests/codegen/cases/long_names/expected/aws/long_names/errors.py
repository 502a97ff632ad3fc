# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 80026b60f273a026db527cf7e5a64d5fcb5853856ba417f022afb5b42f222583
"""Errors of Long Names."""

from __future__ import annotations

from aws.errors import ServiceError

from . import shapes

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong(ServiceError):
    OptionalLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: (
        shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong | None
    ) = None
