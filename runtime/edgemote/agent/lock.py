"""Locks on folders, so that only one agent writes there.

flock(2) on the folder itself writes nothing, so it works on a full or read-only disk, and tells a
deleted folder from the one that has its name now. The kernel releases it when the process ends.
Commands do not inherit it; a fork would share it, so the child closes its copy. (POSIX locks do not
keep two agents of one process apart.)
"""

from __future__ import annotations

import fcntl
import os
from _weakref import ref
from typing import TYPE_CHECKING

from edgemote.errors import StateLockedError

if TYPE_CHECKING:
    from edgemote.agent.log import Log

_LOCKS_LIMIT_BYTES = 1_048_576  # of /proc/locks, where a line has some 60
_locks: list[ref[FolderLock]] = []


class FolderLock:
    """Locks on folders, which are created if they are missing. A folder that cannot be created or
    locked (a failing disk, NFS) is logged, and used without a lock.
    """

    __slots__ = ("__weakref__", "_held", "_log", "held", "replaced")

    def __init__(self, log: Log) -> None:
        self._log = log
        # Path -> descriptor, -1 for none, with the folder's device and inode number.
        self._held: dict[str, tuple[int, tuple[int, int]]] = {}
        self.held = False
        self.replaced = (
            False  # whether a folder was found deleted or replaced; the reader resets it
        )
        _locks[:] = [other for other in _locks if other() is not None]
        _locks.append(ref(self))

    def take(self, paths: list[str]) -> None:
        """Lock these folders, too. Raises StateLockedError, with no new lock, if one is in use."""
        new: dict[str, tuple[int, tuple[int, int]]] = {}
        try:
            for path in paths:
                if path not in self._held and path not in new:
                    new[path] = self._lock(path)
        except StateLockedError:
            _close(new)
            raise
        self._held.update(new)
        self.held = True

    def keep(self, paths: list[str]) -> None:
        """Release all locks but these."""
        for path in [path for path in self._held if path not in paths]:
            _close({path: self._held.pop(path)})
        self.held = bool(self._held)

    def check(self) -> bool:
        """Whether the folders may be written: none is released, or locked by somebody else. Call it
        before each write; a folder that was deleted is created again.
        """
        for path, (descriptor, folder) in self._held.items():
            if descriptor >= 0:
                try:
                    found = os.stat(path)
                    if (found.st_dev, found.st_ino) == folder:
                        continue
                except OSError as error:
                    if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
                        continue  # the folder may still be there
                self._log.error(f"{path} was deleted or replaced while in use; recreating it")
                _close({path: self._held[path]})
                self._held[path] = -1, (0, 0)
                self.replaced = True
            try:
                self._held[path] = self._lock(path)
            except StateLockedError as error:
                self._log.error(error)
                return False
        return self.held

    def close(self) -> None:
        """Release all locks."""
        self.keep([])

    __del__ = close

    def _lock(self, path: str) -> tuple[int, tuple[int, int]]:
        try:
            os.makedirs(path, exist_ok=True)
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            self._log.warning(f"cannot lock the folder {path}: {error.strerror}")
            return -1, (0, 0)
        found = os.fstat(descriptor)
        folder = found.st_dev, found.st_ino
        for other, held in self._held.values():
            if other >= 0 and held == folder:  # under another name
                os.close(descriptor)
                return os.dup(other), folder
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StateLockedError(
                f"the folder {path} is in use by {_find_holder(found.st_ino)}: end that agent, or"
                " give this one folders of its own"
            ) from None
        except OSError as error:
            os.close(descriptor)
            self._log.warning(f"cannot lock the folder {path}: {error.strerror}")
            return -1, (0, 0)
        return descriptor, folder


def find_holder(path: str) -> str | None:
    """The process that works in a folder, as text; None if there is none, or if it is unknown."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # Without taking the lock, which an agent that is just starting must get.
        number = os.fstat(descriptor).st_ino
        holder = _find_holder(number)
        return None if holder == _SOMEBODY else holder
    finally:
        os.close(descriptor)


_SOMEBODY = "another process"


def _find_holder(number: int) -> str:
    """The process that holds a lock on this inode, according to /proc/locks."""
    try:
        with open("/proc/locks", "rb") as file:
            lines = file.read(_LOCKS_LIMIT_BYTES).decode("ascii", "replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        # 1: FLOCK  ADVISORY  WRITE 4711 fe:01:5678 0 EOF
        words = line.split()
        if words[1:2] == ["FLOCK"] and words[5].endswith(f":{number}"):
            return f"process {words[4]}" if words[4] > "0" else _SOMEBODY
    return _SOMEBODY


def _close(held: dict[str, tuple[int, tuple[int, int]]]) -> None:
    for descriptor, _ in held.values():
        if descriptor >= 0:
            os.close(descriptor)


def _forget_all() -> None:
    """In a forked child: its copies of the parent's locks would outlive the parent."""
    for other in _locks:
        lock = other()
        if lock is not None:
            lock.close()


os.register_at_fork(after_in_child=_forget_all)
