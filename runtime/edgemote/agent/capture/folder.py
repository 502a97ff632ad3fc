"""The folder that keeps samples until they are uploaded, within its bounds.

    000000000012.snow   a sample of the model snow; the numbers are their order
    batch               what is being uploaded, and may have arrived: as a whole, under one key
    done                a batch that has arrived, whose samples are being removed
    offsets             by how much the clocks of the last boots were behind

A sample is written without a flush, since flash wears: one that a power cut has torn is found by
its checksum. A batch is flushed, with all its samples, before the first byte of it is sent. Until
it is known to have arrived, or not to have been sent, its samples stay as they are and it keeps its
key, so that a second upload replaces the first by the same content.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from errno import EDQUOT, ENOSPC
from stat import S_ISREG
from typing import TYPE_CHECKING

import msgspec

from edgemote.agent import limits
from edgemote.agent.capture.samples import CORRECTION_S, DamagedError
from edgemote.agent.files import open_anew, replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_NEW, _BATCH, _DONE, _OFFSETS = ".new", "batch", "done", "offsets"
_NO_ROOM = (ENOSPC, EDQUOT)
_BLOCK_BYTES = 4_096
_DIGITS = 12
_HANDLE_CHARS = 63
_HEADER_BYTES = 65_536  # more than a sample's first line has
_BOOTS = 8  # whose offsets are kept


class Entry(msgspec.Struct, array_like=True):
    """A sample of a batch: its file, its time, and which modes of its data lie beside the lines."""

    name: str
    at_s: float | None
    beside: list[str] = []


class Batch(msgspec.Struct):
    """Samples of one model and one hour. key: of the lines, below the destination's prefix."""

    key: str
    entries: list[Entry]


class SampleFolder:
    """Samples in `path`, which is made with the first.

    is_ours: whether this process may write there. `add` may be called from any thread, all else
    from the one that uploads. What the disk refuses raises OSError.
    """

    def __init__(
        self,
        path: str,
        *,
        limit_bytes: int,
        limit_samples: int,
        keep: str,
        is_ours: Callable[[], bool],
    ) -> None:
        self.path = path
        self._limit_bytes = limit_bytes
        self._limit_samples = limit_samples
        self._keeps_newest = keep == "newest"
        self._is_ours = is_ours
        self._lock = allocate_lock()
        self._costs: dict[str, int] | None = None  # of the samples, by name, in their order
        self._last = 0
        self.size_bytes = 0
        self.dropped = 0
        """samples that were lost to a bound or a fault, since the start"""
        self.offsets: dict[str, float] = {}
        self.batch: Batch | None = None
        self.arrived = False
        """whether the batch has arrived, and only its samples are left to be removed"""
        self.found = False
        """whether the batch is one that an earlier process has left"""
        self.is_full = False
        """whether the disk had no room for the last batch: then one sample after the other goes"""
        self._is_marked = False  # on the disk, as arrived
        self._protected: frozenset[str] = frozenset()

    @property
    def depth(self) -> int:
        """Samples that are kept."""
        with self._lock:
            return len(self._load())

    def names(self) -> list[str]:
        """Files of the samples, the oldest first."""
        with self._lock:
            return list(self._load())

    def add(self, handle: str, pieces: list[bytes]) -> bool:
        """Keep a sample; False where the bounds leave no room, or the folder is another's."""
        if not self._is_ours():  # before the lock, which a thread may have held at a fork
            return False
        with self._lock:
            try:
                costs, cost = self._load(), _find_cost(sum(map(len, pieces)))
                if not self._make_room(costs, cost):
                    self.dropped += 1
                    return False
                self._last += 1
                name = f"{self._last:0{_DIGITS}}.{handle}"
                self._write(name, pieces)
            except OSError:
                self.dropped += 1
                raise
            costs[name] = cost
            self.size_bytes += cost
            return True

    def read(self, name: str) -> bytes:
        """Content of a sample's file."""
        with open(os.path.join(self.path, name), "rb") as file:
            content = file.read(limits.CAPTURE_SAMPLE_BYTES + _HEADER_BYTES + 1)
        if len(content) > limits.CAPTURE_SAMPLE_BYTES + _HEADER_BYTES:
            raise DamagedError("it is larger than any sample")
        return content

    def drop(self, name: str) -> None:
        """Remove a sample that will not be uploaded."""
        with self._lock:
            self.dropped += name in self._load()
            self._remove(name)

    def forget(self, name: str) -> None:
        """Leave a file alone that cannot be read."""
        with self._lock:
            self.dropped += name in self._load()  # else it had to make room, which counted it
            self.size_bytes -= self._load().pop(name, 0)

    def reload(self) -> None:
        """Look again: the folder may have been deleted or replaced."""
        with self._lock:
            self._costs = self.batch = None
            self._protected = frozenset()
            self.arrived = self.found = self._is_marked = False
            self.size_bytes = 0

    # A batch ------------------------------------------------------------------------------------

    def pin(self, batch: Batch) -> bool:
        """Have on the disk what will be sent, before it is. False where another batch is to be
        made: a sample of this one is gone, or there is no room.
        """
        with self._lock:
            costs = self._load()
            if not all(entry.name in costs for entry in batch.entries):
                return False
            self._protected = frozenset(entry.name for entry in batch.entries)
        try:
            for entry in batch.entries:
                _flush(os.path.join(self.path, entry.name))
            replace_file(os.path.join(self.path, _BATCH), msgspec.json.encode(batch))
        except FileNotFoundError:
            self.reload()  # somebody else has removed it
            return False
        except OSError as error:
            is_single, self.is_full = len(batch.entries) == 1, error.errno in _NO_ROOM
            if not (self.is_full and is_single):
                self._protected = frozenset()
                if not self.is_full:
                    raise
                return False
            # Its key and content follow from the sample, and to remove it is one step.
            self._is_marked = True
        else:
            self.is_full = False
        self.batch = batch
        return True

    def release(self) -> None:
        """The batch was not sent: its samples may be dropped, or go with others."""
        self.batch, self._protected, self._is_marked = None, frozenset(), False
        _unlink(os.path.join(self.path, _BATCH))

    def finish(self) -> None:
        """The batch has arrived: remove its samples. To be repeated where the disk refuses."""
        batch, self.arrived = self.batch, True
        assert batch is not None
        done = os.path.join(self.path, _DONE)
        if not self._is_marked:
            try:
                # A rename needs no room, and from here on none of it is sent again.
                os.replace(os.path.join(self.path, _BATCH), done)
                sync_folder(self.path)
            except FileNotFoundError:
                self.reload()  # somebody else has removed it
                return
            self._is_marked = True
        with self._lock:
            for entry in batch.entries:
                self._remove(entry.name)
        _unlink(done)
        self.batch, self._protected = None, frozenset()
        self.arrived = self.found = self._is_marked = False

    # Clocks -------------------------------------------------------------------------------------

    def note_offset(self, boot: str, offset_s: float) -> None:
        """Keep what puts right the times of a boot, for later ones; not where the disk refuses."""
        known_s = self.offsets.get(boot)
        if not self.depth or (known_s is not None and abs(known_s - offset_s) < CORRECTION_S):
            return
        others = [(other, value) for other, value in self.offsets.items() if other != boot]
        offsets = dict([*others, (boot, offset_s)][-_BOOTS:])
        try:
            replace_file(os.path.join(self.path, _OFFSETS), msgspec.json.encode(offsets))
        except OSError:
            return  # tried again at the next upload
        self.offsets = offsets

    # --------------------------------------------------------------------------------------------

    def _load(self) -> dict[str, int]:
        if self._costs is None:
            costs = _list_samples(self.path)
            self._last = max((int(name[:_DIGITS]) for name in costs), default=self._last)
            self.size_bytes = sum(costs.values())
            self.offsets = self._read(_OFFSETS, dict[str, float]) or {}
            self.batch = self._read(_DONE, Batch)
            self.arrived = self._is_marked = self.batch is not None
            self.batch = self.batch or self._read(_BATCH, Batch)
            self.found = self.batch is not None
            if self.batch is not None:
                self._protected = frozenset(entry.name for entry in self.batch.entries)
            self._costs = costs
        return self._costs

    def _read(self, name: str, kind: Any) -> Any:
        """What one of the other files says; None where there is none, or it is damaged."""
        try:
            with open(os.path.join(self.path, name), "rb") as file:
                found = msgspec.json.decode(file.read(limits.CAPTURE_BATCH_FILE_BYTES), type=kind)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        fits = not isinstance(found, Batch) or (
            all(is_sample(entry.name) for entry in found.entries) and is_key(found.key)
        )
        return found if fits else None

    def _make_room(self, costs: dict[str, int], cost: int) -> bool:
        """Whether there is room for one more, after the oldest were dropped if need be."""
        size, count, victims = self.size_bytes + cost, len(costs) + 1, []
        if self._keeps_newest and cost <= self._limit_bytes:
            for name in costs:
                if size <= self._limit_bytes and count <= self._limit_samples:
                    break
                if name not in self._protected:
                    size, count = size - costs[name], count - 1
                    victims.append(name)
        if size > self._limit_bytes or count > self._limit_samples:
            return False
        for name in victims:
            self._remove(name)
            self.dropped += 1
        return True

    def _remove(self, name: str) -> None:
        _unlink(os.path.join(self.path, name))
        self.size_bytes -= self._load().pop(name, 0)

    def _write(self, name: str, pieces: list[bytes]) -> None:
        new = os.path.join(self.path, _NEW)
        try:
            file = open_anew(new)
        except FileNotFoundError:
            # The first, or the folder was deleted, and all that it had with it.
            costs = self._load()
            self.dropped += len(costs)
            costs.clear()
            self.size_bytes = 0
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            file = open_anew(new)
        try:
            try:
                for piece in pieces:
                    left = memoryview(piece)
                    while left:  # a disk that is nearly full takes a part, and refuses the next
                        left = left[os.write(file, left) :]
            finally:
                os.close(file)
            os.rename(new, os.path.join(self.path, name))
        except OSError:
            _unlink(new, careless=True)
            raise


def is_sample(name: str) -> bool:
    """Whether a file's name is one that `add` gives."""
    number, _, handle = name.partition(".")
    plain = name.isascii() and len(number) == _DIGITS and number.isdigit()
    return plain and len(handle) <= _HANDLE_CHARS and handle.replace("-", "").isalnum()


def find_handle(name: str) -> str:
    """The model of a sample's file."""
    return name.partition(".")[2]


def is_key(key: str) -> bool:
    """Whether a key leads to no other place than below its prefix."""
    return all(part.strip(".") for part in key.split("/"))


def _find_cost(size: int) -> int:
    """What a file takes on the disk."""
    return -(-size // _BLOCK_BYTES) * _BLOCK_BYTES


def _flush(path: str) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _unlink(path: str, *, careless: bool = False) -> None:
    try:
        os.unlink(path)
    except OSError as error:
        if not (careless or isinstance(error, FileNotFoundError)):
            raise


def _list_samples(path: str) -> dict[str, int]:
    """What each takes on the disk, in their order."""
    try:
        names = sorted(filter(is_sample, os.listdir(path)))
    except FileNotFoundError:
        return {}
    costs = {}
    for name in names:
        found = os.stat(os.path.join(path, name), follow_symlinks=False)
        if S_ISREG(found.st_mode):
            costs[name] = _find_cost(found.st_size)
    return costs
