# Generated, do not edit: `python -m edgemote_codegen generate --model service_errors=model.json service_errors` writes it anew.
# Model service_errors, API version 2020-01-01,
# sha256 f76d7edae2256120a93df0166dd53f3126cedade69011039faa4aaf2e5f2f62d
"""Errors of Service Errors."""

from __future__ import annotations

from aws.errors import ServiceError
from aws.shape import Timestamp

from . import shapes

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {"ResourceNotFound": "NotFound", "ServiceError": "ServiceError_"}


class NotFound(ServiceError):
    _wire_names = {"ResourceType": "resourceType"}

    Message: str | None = None
    ResourceId: str | None = None
    ResourceType: str | None = None


class Throttled(ServiceError):
    retryable = True
    throttling = True

    retryAfterSeconds: int | None = None


class Slow(ServiceError):
    retryable = True


class Broken(ServiceError):
    """It broke."""

    Cause: shapes.Cause | None = None
    Causes: list[shapes.Cause] | None = None
    At: Timestamp | None = None
    str: str | None = None
    list: list[shapes.Cause] | None = None
    then: str | None = None
    last: list[shapes.Cause] | None = None


class TypeError(ServiceError):
    pass


class Empty(ServiceError):
    pass


class ServiceError_(ServiceError):
    reason: str | None = None
