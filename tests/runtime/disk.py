"""Programs killed at any operation on a folder's files, and power cuts between any two of them.

A kill is a real one, by a preloaded library (disk_recorder.c). A power cut is replayed from what it
wrote down: what was written to a file and not flushed since is lost, kept or torn, each piece by
itself; so are new, removed and renamed names while their folder was not flushed.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("disk_recorder.c")
SECTOR_BYTES = 512


@dataclass(frozen=True)
class Operation:
    """kind: create, write, truncate, sync, unlink or rename; place: an offset, or the new size."""

    kind: str
    name: str
    other: str
    place: int
    data: bytes


@dataclass
class File:
    """Content that is sure to be on the disk, and changes that may be."""

    content: bytes = b""
    pending: list[Operation] = field(default_factory=list)


class Recorder:
    """Runs Python scripts whose files lie in one folder."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "watched"
        self._log = work / "log"
        self._library = work / "disk_recorder.so"
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", self._library, SOURCE, "-ldl"]
        subprocess.run(command, check=True)

    def run(self, script: str, kill_at: int | None = None, half: bool = False) -> list[Operation]:
        """What the script does to its folder, new and empty; its name is the first argument.

        kill_at: the operation before which, or in the midst of which, it is killed.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._log.unlink(missing_ok=True)
        environment = {
            "LD_PRELOAD": str(self._library),
            "DISK_FOLDER": str(self.folder),
            "DISK_LOG": str(self._log),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        if kill_at is not None:
            environment["DISK_KILL_AT"] = str(kill_at)
        if half:
            environment["DISK_HALF"] = "1"
        done = subprocess.run(
            [sys.executable, "-S", "-c", script, self.folder],
            env=environment,
            capture_output=True,
            text=True,
        )
        expected = 0 if kill_at is None else -9
        assert done.returncode == expected, done.stderr or done.returncode
        return list(self._read_log())

    def _read_log(self) -> Iterator[Operation]:
        with self._log.open("rb") as log:
            while head := log.readline():
                kind, path, other, place, size = head.decode().split(" ")
                names = (os.path.relpath(path, self.folder), os.path.relpath(other, self.folder))
                yield Operation(kind, *names, int(place), log.read(int(size)))


def cut_power(operations: list[Operation], draw: random.Random, folder: Path) -> None:
    """Make the folder that may be found when the power went after these operations."""
    files: dict[str, File] = {}
    flushed: dict[str, File] = {}
    moves: list[dict[str, File | None]] = []  # of names, since the folder was flushed
    for operation in operations:
        name, other = operation.name, operation.other
        if operation.kind == "create":
            files[name] = File()
            moves.append({name: files[name]})
        elif operation.kind == "unlink":
            if files.pop(name, None) is not None:
                moves.append({name: None})
        elif operation.kind == "rename":
            files[other] = files.pop(name)
            moves.append({name: None, other: files[other]})
        elif operation.kind == "sync" and name == ".":
            flushed, moves = dict(files), []
        elif operation.kind == "sync":
            files[name].content = _apply(files[name].content, files[name].pending)
            files[name].pending = []
        else:
            files[name].pending.append(operation)
    # Names reach the disk in the order of their changes, as on every journalling file system, ...
    found: dict[str, File | None] = dict(flushed)
    for move in moves[: draw.randint(0, len(moves))]:
        found |= move
    # ... written bytes in any.
    folder.mkdir()
    for name, file in found.items():
        if file is not None:
            kept = [_tear(piece, draw) for piece in file.pending if draw.random() < 0.5]
            (folder / name).write_bytes(_apply(file.content, kept))


def _apply(content: bytes, pieces: list[Operation]) -> bytes:
    result = bytearray(content)
    for piece in pieces:
        if piece.kind == "truncate":
            del result[piece.place :]
            result.extend(bytes(piece.place - len(result)))
        else:
            result.extend(bytes(max(0, piece.place - len(result))))
            result[piece.place : piece.place + len(piece.data)] = piece.data
    return bytes(result)


def _tear(piece: Operation, draw: random.Random) -> Operation:
    """A piece of which, now and then, only the first sectors arrived."""
    if piece.kind != "write" or draw.random() < 0.8:
        return piece
    size = draw.randrange(0, len(piece.data) + 1, SECTOR_BYTES)
    return Operation(piece.kind, piece.name, piece.other, piece.place, piece.data[:size])
