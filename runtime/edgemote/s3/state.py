"""The progress of an upload, in a small file that survives a restart."""

from __future__ import annotations

import os
from typing import Annotated, Any, TypedDict

import msgspec

from edgemote.errors import ConfigError
from edgemote.s3 import sync_folder

_START = b'{"source":'  # of every state file
_LIMIT_BYTES = 8_388_608  # 10,000 parts take about 1.5 MB


class _Upload(TypedDict):
    source: Annotated[list[Any], msgspec.Meta(min_length=2)]
    id: str
    part_bytes: Annotated[int, msgspec.Meta(ge=1)]


class _Part(TypedDict):
    etag: str | None
    sum: str | None
    crc: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]


class State:
    """One line of JSON for the upload and one for each part. An incomplete line is ignored.

    given: the path that the caller chose, which may be that of another file; else `usual`
    """

    def __init__(self, given: str | os.PathLike[str] | None, usual: str = "") -> None:
        self._is_given = given is not None
        self._path = os.fspath(given or usual)
        self.parts: list[dict[str, Any]] = []

    def load(self) -> dict[str, Any] | None:
        """Return the upload, or None if none is recorded, and set `parts`. Raises ConfigError,
        and changes nothing, if the caller's file is something else.
        """
        try:
            with open(self._path, "rb") as file:
                content = file.read(_LIMIT_BYTES)
        except FileNotFoundError:
            return None
        if self._is_given and not (content.startswith(_START) or _START.startswith(content)):
            raise ConfigError(f"argument state_file: {self._path} is not the state of an upload")
        *lines, rest = content.split(b"\n")
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
        sync_folder(os.path.dirname(self._path) or ".")

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
