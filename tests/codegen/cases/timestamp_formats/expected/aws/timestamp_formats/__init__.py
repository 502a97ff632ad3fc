# Generated, do not edit: `python -m edgemote_codegen generate --model timestamp_formats=model.json
# timestamp_formats` writes it anew.
# Model timestamp_formats, API version 2020-01-01,
# sha256 cbaeafdff1b8b9e71faeb1a3aa9c2f1f40eb41900c4b7b603d16ab5a61b8c27b
"""Timestamp Formats: client, structs and errors."""

from .client import TimestampFormats
from .shapes import PutTimesRequest, PutTimesResponse

__all__ = ["PutTimesRequest", "PutTimesResponse", "TimestampFormats"]
