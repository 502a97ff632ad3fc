# Generated, do not edit: `python -m edgemote_codegen generate --model typed_errors=model.json
# typed_errors` writes it anew.
# Model typed_errors, API version 2020-01-01,
# sha256 a9276b501cd3cff66973ba5c57d866fb638a2fda69489df605e99a912cd2ce60
"""Service Errors: client, structs and errors."""

from .client import ServiceErrors
from .errors import Broken, Empty, NotFound, ServiceError_, Slow, Throttled, TypeError
from .shapes import Cause

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
