# Generated, do not edit: `python -m edgemote_codegen generate --model service_errors=model.json service_errors` writes it anew.
# Model service_errors, API version 2020-01-01,
# sha256 f76d7edae2256120a93df0166dd53f3126cedade69011039faa4aaf2e5f2f62d
"""Service Errors: client, structs and errors."""

from .client import (
    ServiceErrors,
)
from .errors import (
    Broken,
    Empty,
    NotFound,
    ServiceError_,
    Slow,
    Throttled,
    TypeError,
)
from .shapes import (
    Cause,
)

__all__ = [
    "Broken",
    "Cause",
    "Empty",
    "NotFound",
    "ServiceError_",
    "ServiceErrors",
    "Slow",
    "Throttled",
    "TypeError",
]
