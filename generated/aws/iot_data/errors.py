# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""Errors of AWS IoT Data Plane."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class ConflictException(ServiceError):
    """The specified version does not match the version of the document."""


class InternalFailureException(ServiceError):
    """An unexpected error has occurred."""


class InvalidRequestException(ServiceError):
    """The request is not valid."""


class MethodNotAllowedException(ServiceError):
    """The specified combination of HTTP verb and URI is not supported."""


class RequestEntityTooLargeException(ServiceError):
    """The payload exceeds the maximum size allowed."""


class ServiceUnavailableException(ServiceError):
    """The service is temporarily unavailable."""


class ThrottlingException(ServiceError):
    """The rate exceeds the limit."""


class UnauthorizedException(ServiceError):
    """You are not authorized to perform this operation."""


class UnsupportedDocumentEncodingException(ServiceError):
    """The document encoding is not supported."""
