# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""Amazon Simple Storage Service: client, structs and errors."""

from .client import S3
from .errors import (
    EncryptionTypeMismatch,
    InvalidObjectState,
    InvalidRequest,
    InvalidWriteOffset,
    NoSuchKey,
    TooManyParts,
)
from .shapes import (
    GetObjectOutput,
    GetObjectRequest,
    HeadObjectOutput,
    HeadObjectRequest,
    PutObjectOutput,
    PutObjectRequest,
)

__all__ = [
    "S3",
    "EncryptionTypeMismatch",
    "GetObjectOutput",
    "GetObjectRequest",
    "HeadObjectOutput",
    "HeadObjectRequest",
    "InvalidObjectState",
    "InvalidRequest",
    "InvalidWriteOffset",
    "NoSuchKey",
    "PutObjectOutput",
    "PutObjectRequest",
    "TooManyParts",
]
