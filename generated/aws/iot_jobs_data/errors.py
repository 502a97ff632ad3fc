# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
"""Errors of AWS IoT Jobs Data Plane."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class CertificateValidationException(ServiceError):
    """The certificate is invalid."""


class InvalidRequestException(ServiceError):
    """The contents of the request were invalid."""


class InvalidStateTransitionException(ServiceError):
    """An update attempted to change the job execution to a state that is invalid because of the job
    execution's current state (for example, an attempt to change a request in state SUCCESS to state
    IN_PROGRESS). In this case, the body of the error message also contains the executionState
    field.
    """


class ResourceNotFoundException(ServiceError):
    """The specified resource does not exist."""


class ServiceUnavailableException(ServiceError):
    """The service is temporarily unavailable."""


class TerminalStateException(ServiceError):
    """The job is in a terminal state."""


class ThrottlingException(ServiceError):
    """The rate exceeds the limit."""

    payload: bytes | None = None
    """The payload associated with the exception."""
