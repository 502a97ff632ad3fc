"""The progress of an upload, in a small file that survives a restart."""

from __future__ import annotations

import os
from typing import Annotated, Any, TypedDict

import msgspec


class _Upload(TypedDict):
    source: Annotated[list[Any], msgspec.Meta(min_length=2)]
    id: str
    part_bytes: Annotated[int, msgspec.Meta(ge=1)]


class _Part(TypedDict):
    etag: str | None
    sum: str | None
    crc: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]


class State:
    """One line of JSON for the upload and one for each part. An incomplete line is ignored."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self.parts: list[dict[str, Any]] = []

    def load(self) -> dict[str, Any] | None:
        """Return the upload, or None if none is recorded, and set `parts`."""
        try:
            with open(self._path, "rb") as file:
                *lines, rest = file.read().split(b"\n")
        except FileNotFoundError:
            return None
        if rest:
            # A power cut left an incomplete line: remove it, or the next one would be appended.
            os.truncate(self._path, sum(len(line) + 1 for line in lines))
        try:
            upload = msgspec.json.decode(lines[0], type=_Upload)
            self.parts = [dict(msgspec.json.decode(line, type=_Part)) for line in lines[1:]]
        except (ValueError, IndexError):
            # Damaged: what was sent so far is sent again.
            return None
        return dict(upload)

    def begin(self, upload: dict[str, Any]) -> None:
        """Record a new upload without parts."""
        self.parts = []
        self._write(os.O_TRUNC, upload)
        folder = os.open(os.path.dirname(self._path) or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def add(self, part: dict[str, Any]) -> None:
        """Record a part."""
        self._write(os.O_APPEND, part)

    def drop(self) -> None:
        """Remove the record."""
        self.parts = []
        if os.path.exists(self._path):
            os.unlink(self._path)

    def _write(self, how: int, line: dict[str, Any]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | how
        descriptor = os.open(self._path, flags, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(line) + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
