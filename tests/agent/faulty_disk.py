"""A disk that is full, read-only or fails once, and a process that is killed at any write: faults
between a program and its files, for what the main thread does while they are armed. Chance is the
same each time.
"""

from __future__ import annotations

import _sqlite3
import errno
import os
import random
import threading
from collections.abc import Callable
from typing import Any

# What makes or grows a file, and so needs room; `open` does where it makes one.
_GROW = ("write", "pwrite", "mkdir", "symlink")
_CHANGES = (*_GROW, "open", "replace", "rename", "fsync", "unlink", "remove", "rmdir", "ftruncate")
_MAKES = os.O_CREAT | os.O_TRUNC
_WRITES = _MAKES | os.O_WRONLY | os.O_RDWR
_SQL_CHANGES = ("COMMIT", "INSERT", "DELETE", "UPDATE", "CREATE")
_SQL_ERRORS = {
    "full": ("database or disk is full", 13),
    "readonly": ("attempt to write a readonly database", 8),
    "broken": ("disk I/O error", 10),
}
_ERRNOS = {"full": errno.ENOSPC, "readonly": errno.EROFS, "broken": errno.EIO}


class KilledError(BaseException):
    """The process was killed: nothing that it does afterwards reaches the disk."""


class FaultyDisk:
    """Patches `os` and SQLite while it is open.

    mode: "well", "full", "readonly" or "broken". kill_in, fail_in: after how many changes the
    process is killed, and one of them fails as `fail_mode` says; None for never. dead: it was.
    closed: a file that this user may not read, armed or not.
    """

    def __init__(self) -> None:
        self.mode, self.fail_mode = "well", "full"
        self.kill_in: int | None = None
        self.fail_in: int | None = None
        self.dead = self.armed = self.failed = False
        self._thread = threading.get_ident()
        self._before = {name: getattr(os, name) for name in _CHANGES}
        self._connect = _sqlite3.connect
        self._urandom, self._statvfs, self._access = os.urandom, os.statvfs, os.access
        self._stat = os.stat
        self.closed: str | None = None
        self._draw = random.Random(1)

    def __enter__(self) -> FaultyDisk:
        for name, function in self._before.items():
            setattr(os, name, self._watch(name, function))
        _sqlite3.connect = self._open_database
        os.urandom, os.statvfs, os.access = self._draw.randbytes, self._look, self._may
        os.stat = self._inspect  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        for name, function in self._before.items():
            setattr(os, name, function)
        _sqlite3.connect = self._connect
        os.urandom, os.statvfs, os.access = self._urandom, self._statvfs, self._access
        os.stat = self._stat

    # A disk that is read-only says so, too.

    def _may(self, path: Any, how: int, **options: Any) -> bool:
        readonly = self.armed and self.mode == "readonly" and how & os.W_OK
        return not readonly and self._access(path, how, **options)

    def _look(self, path: Any) -> os.statvfs_result:
        found = self._statvfs(path)
        if not (self.armed and self.mode == "readonly"):
            return found
        values = list(found)
        values[8] |= os.ST_RDONLY
        return os.statvfs_result(values)

    def _inspect(self, path: Any, **options: Any) -> os.stat_result:
        if path == self.closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return self._stat(path, **options)

    def _watch(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            if self.armed and threading.get_ident() == self._thread:
                writes = _WRITES if self.mode == "readonly" else _MAKES
                makes = name != "open" or arguments[1] & writes
                if makes and (mode := self._fault(grows=name in _GROW or name == "open")):
                    number = _ERRNOS[mode]
                    raise OSError(number, os.strerror(number), arguments[0])
            return function(*arguments, **options)

        return watched

    def _open_database(self, *arguments: Any, **options: Any) -> Any:
        return self._connect(*arguments, **options, factory=self._make_connection)

    def _make_connection(self, *arguments: Any, **options: Any) -> Any:
        disk = self

        class Connection(_sqlite3.Connection):
            def execute(self, sql: str, *values: Any) -> Any:
                if disk.armed and sql.startswith(_SQL_CHANGES):
                    mode = disk._fault(grows=not sql.startswith("DELETE"))
                    if mode:
                        text, code = _SQL_ERRORS[mode]
                        error = _sqlite3.OperationalError(text)
                        error.sqlite_errorcode = code  # type: ignore[attr-defined]
                        raise error
                return super().execute(sql, *values)

        return Connection(*arguments, **options)

    def _fault(self, *, grows: bool) -> str | None:
        if self.dead:
            raise KilledError
        if self.kill_in is not None:
            self.kill_in -= 1
            if self.kill_in < 0:
                self.dead = True
                raise KilledError
        if self.fail_in is not None:
            self.fail_in -= 1
            if self.fail_in < 0:
                self.fail_in, self.failed = None, True
                return self.fail_mode
        if (self.mode == "full" and not grows) or self.mode == "well":
            return None
        self.failed = True
        return self.mode

    def kill(self) -> None:
        """Now, in the midst of something that is not a write."""
        self.dead = True
        raise KilledError
