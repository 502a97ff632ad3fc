"""Destinations of captured samples: an S3 bucket, or a folder on this board. Connections are closed
after each round of uploads.
"""

from __future__ import annotations

import os
from errno import ENOSPC
from typing import TYPE_CHECKING

from aws.errors import ServiceError
from edgemote.agent.files import replace_file, sync_folder
from edgemote.errors import ConfigError, ConnectError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws.s3 import S3

MISSING_OPERATION = (
    "the client of S3 has no PutObject, which captured samples need: generate s3 with it, such as"
    " s3:GetObject,HeadObject,PutObject"
)


class Bucket:
    """Objects below s3://BUCKET/PREFIX. `put` raises what the client raises."""

    is_remote = True

    def __init__(self, bucket: str, prefix: str, open_s3: Callable[[], S3]) -> None:
        self._bucket = bucket
        self._start = f"{prefix.rstrip('/')}/" if prefix else ""
        self._open_s3 = open_s3
        self._s3: S3 | None = None

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object; it may be repeated."""
        if self._s3 is None:
            self._s3 = self._open_s3()
            if not hasattr(self._s3, "put_object"):
                raise ConfigError(MISSING_OPERATION)
        self._s3.put_object(
            Bucket=self._bucket, Key=self._start + key, Body=body, ContentType=content_type
        )

    def place(self, folder: str, name: str) -> str:
        """The address of a file, for the lines."""
        return f"s3://{self._bucket}/{self._start}{folder}/{name}"

    def close(self) -> None:
        """Close the connection."""
        if self._s3 is not None:
            self._s3.close()
            self._s3 = None

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._start}"


class DiskFolder:
    """Files below a folder, which firmware or an operator collects. `put` raises OSError."""

    is_remote = False

    def __init__(self, path: str, reserve_bytes: int) -> None:
        self._path = path
        self._reserve_bytes = reserve_bytes

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Write a file; it may be repeated. The configured reserve of the disk stays free."""
        path = os.path.join(self._path, key)
        _make_folders(os.path.dirname(path))
        state = os.statvfs(self._path)
        if state.f_bavail * state.f_frsize < self._reserve_bytes + len(body):
            raise OSError(ENOSPC, "no space left beside deployments.reserve_bytes", self._path)
        replace_file(path, body)

    def place(self, folder: str, name: str) -> str:
        """The address of a file, for the lines: its name, so that the folder may be moved."""
        return name

    def close(self) -> None:
        """There is nothing to close."""

    def __str__(self) -> str:
        return self._path


def _make_folders(path: str) -> None:
    """Create a folder and its parents, each flushed to the disk before anything is put into it."""
    if not os.path.isdir(path):
        above = os.path.dirname(path)
        _make_folders(above)
        os.makedirs(path, exist_ok=True)
        sync_folder(above)


def may_have_arrived(error: Exception) -> bool:
    """Whether the object may have been stored in spite of this error."""
    if isinstance(error, ServiceError):
        return error.status >= 500
    return isinstance(error, OSError) or (
        isinstance(error, TransportError) and not isinstance(error, ConnectError)
    )
