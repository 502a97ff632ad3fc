"""The progress of an upload, in a small file that survives a restart."""

from __future__ import annotations

import errno
import io
import os
from typing import Annotated, Any, TypedDict

import msgspec

from edgemote.errors import ConfigError
from edgemote.s3 import lock, read_path, sync_folder

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
    """One line of JSON for the upload and one for each part. An incomplete line is ignored. While
    in use, the file is locked: of two uploads, each would take the other's parts for its own.

    given: the path that the caller chose, which may be that of another file; else `usual`
    """

    def __init__(self, given: str | os.PathLike[str] | None, usual: str = "") -> None:
        self._is_given = given is not None
        self._path = read_path("state_file", given or usual)
        self._file: Any = None
        self.parts: list[dict[str, Any]] = []

    def load(self) -> dict[str, Any] | None:
        """Return the upload, or None if none is recorded, and set `parts`. Raises ConfigError,
        and changes nothing, if the caller's file is something else.
        """
        if self._file is None:
            try:
                self._open(0)
            except FileNotFoundError:
                return None
        self._file.seek(0)
        content = self._file.read(_LIMIT_BYTES)
        if self._is_given and not (content.startswith(_START) or _START.startswith(content)):
            raise ConfigError(f"argument state_file: {self._path} is not the state of an upload")
        *lines, rest = content.split(b"\n")
        if rest:
            # A power cut left an incomplete line: remove it, or the next one would be appended.
            self._file.truncate(sum(len(line) + 1 for line in lines))
        try:
            upload = msgspec.json.decode(lines[0], type=_Upload)
            self.parts = [dict(msgspec.json.decode(line, type=_Part)) for line in lines[1:]]
        except (ValueError, IndexError):
            # Damaged: what was sent so far is sent again.
            return None
        return dict(upload)

    def claim(self) -> None:
        """Create the file if there is none. Raises ConfigError if that is not possible."""
        if self._file is None:
            self._open(os.O_CREAT)

    def begin(self, upload: dict[str, Any]) -> None:
        """Record a new upload without parts."""
        self.claim()
        self.parts = []
        self._file.truncate(0)
        self.add(upload)
        self.parts = []
        sync_folder(os.path.dirname(self._path) or ".")

    def add(self, part: dict[str, Any]) -> None:
        """Record a part."""
        line = msgspec.json.encode(part) + b"\n"
        try:
            if self._file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._path) from error
        self.parts.append(part)

    def drop(self) -> None:
        """Remove the record."""
        self.parts = []
        if os.path.exists(self._path):
            os.unlink(self._path)
        self.close()

    def close(self) -> None:
        """Close the file, which stays unless nothing is recorded."""
        file, self._file = self._file, None
        if file is not None:
            facts = os.fstat(file.fileno())
            if not facts.st_size and facts.st_nlink:
                os.unlink(self._path)
            file.close()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, how: int) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | how

        def open_file(path: str, _: int) -> int:
            return os.open(path, flags, 0o600)

        try:
            self._file = io.FileIO(self._path, "a+b", opener=open_file)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not how:
                raise
            raise ConfigError(
                f"argument state_file: {self._path} cannot be written ({error.strerror}): pass the "
                "path of a file that can"
            ) from error
        if not lock(self._file.fileno(), self._path):
            self._file.close()
            self._file = None
            raise OSError(errno.EBUSY, "another upload uses the state file", self._path)
