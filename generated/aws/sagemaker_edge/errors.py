# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""Errors of Amazon Sagemaker Edge Manager."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class InternalServiceException(ServiceError):
    """An internal failure occurred. Try your request again. If the problem persists, contact Amazon
    Web Services customer support.
    """
