# Generated, do not edit: `python -m edgemote_codegen generate --model typed_errors=model.json
# typed_errors` writes it anew.
# Model typed_errors, API version 2020-01-01,
# sha256 a9276b501cd3cff66973ba5c57d866fb638a2fda69489df605e99a912cd2ce60
"""Errors of Service Errors."""

from __future__ import annotations

import builtins

from ..errors import ServiceError
from ..shape import Timestamp
from . import shapes

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {"ResourceNotFound": "NotFound", "ServiceError": "ServiceError_"}


class NotFound(ServiceError):
    _wire_names = (
        ("ResourceType", "resourceType"),
        ("ResourceAccount", "resourceAccountIdentifier"),
        ("ResourceRegion", "resourceRegionName"),
    )

    ResourceId: str | None = None
    ResourceType: str | None = None
    ResourceAccount: str | None = None
    ResourceRegion: str | None = None


class Throttled(ServiceError):
    retryable = True
    throttling = True
    _head_names = (("retryAfterSeconds", "retry-after"),)

    retryAfterSeconds: int | None = None


class Slow(ServiceError):
    retryable = True


class Broken(ServiceError):
    """It broke."""

    Cause: shapes.Cause | None = None
    Causes: builtins.list[shapes.Cause] | None = None
    At: Timestamp | None = None
    str: builtins.str | None = None
    list: builtins.list[shapes.Cause] | None = None
    then: builtins.str | None = None
    last: builtins.list[shapes.Cause] | None = None


class TypeError(ServiceError):
    pass


class Empty(ServiceError):
    pass


class ServiceError_(ServiceError):
    reason: str | None = None
