"""Programs against the service: their bytes and wake-ups here, their instructions on a board."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from arm import device
from arm.guest import run_guest
from arm.roots import TARGETS, Target

from .chain import Files, write_chain
from .programs.virtual import BEAT_S, HOUR_S
from .service import Counted, Service

PROGRAMS = Path(__file__).parent / "programs"
_ROOT = PROGRAMS.parents[2]
BEATS = 288
BEATS_OF_AN_HOUR = round(HOUR_S / BEAT_S)
# On the board; the first one has what is loaded late.
HOURS = 3
BOARD = "armhf"
_TIMEOUT_S = 600
_BEATS = "tests/arm/programs"  # where the heartbeat is that all of them send
_SOURCES = ("generated", "runtime", _BEATS)

Figures = dict[str, int]
# Name -> script, and its packages' folder on a board.
SUBJECTS: dict[str, tuple[str, Callable[[Target], Path]]] = {
    "botocore": ("boto.py", device.botocore_folder),
    "floor": ("floor.py", device.msgspec_folder),
    "edgemote": ("ours.py", device.bundle),
    "agent": ("agent.py", device.bundle),
}
SCRIPTS = ("botocore", "floor", "edgemote")


@contextmanager
def serve() -> Iterator[tuple[Service, Files]]:
    with tempfile.TemporaryDirectory(prefix="day-") as name:
        files = write_chain(Path(name))
        with Service(files) as service:
            yield service, files


def count_bytes(beats: int = BEATS) -> dict[str, Figures]:
    """The day of each program, in this computer's Python."""
    with serve() as (service, files):
        figures = {
            name: read_figures(run_here(name, service, files, beats), beats) for name in SUBJECTS
        }
        for name in SCRIPTS:
            figures[name]["beat_bytes"] = count_beat(name, service, files)
    return figures


def count_beat(name: str, service: Service, files: Files) -> int:
    """Bytes both ways of one more heartbeat, on a connection of its own."""
    three, four = (run_here(name, service, files, beats) for beats in (3, 4))
    return four.sent + four.received - three.sent - three.received


def run_here(
    name: str, service: Service, files: Files, beats: int, ports: tuple[int, int] | None = None
) -> Counted:
    """One program; ports: of something that stands before the service and its keys."""
    paths = [str(_ROOT / source) for source in _SOURCES]
    with tempfile.TemporaryDirectory(prefix="day-") as folder:
        subprocess.run(
            [sys.executable, *_arguments(name, service, files, beats, folder, ports)],
            env={"HOME": folder, "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths)},
            check=True,
            timeout=_TIMEOUT_S,
        )
    return service.days[-1]


def count_instructions() -> dict[str, int]:
    """Of a day on a board: its start and first hour, and the others as the last ones are."""
    target = TARGETS[BOARD]
    beats = HOURS * BEATS_OF_AN_HOUR
    found = {}
    with serve() as (service, files):
        for name, (_, folder_of) in SUBJECTS.items():
            packages = folder_of(target)
            with tempfile.TemporaryDirectory(prefix="day-") as folder:
                arguments = _arguments(name, service, files, beats, folder)
                run = run_guest(target, arguments, path=[packages, _ROOT / _BEATS], memory=False)
            first, *_, last = (mark.instructions for mark in run.marks[1:])
            hour = (last - first) / (HOURS - 1)
            found[name] = round(first + hour * (BEATS / BEATS_OF_AN_HOUR - 1))
    return found


def _arguments(
    name: str,
    service: Service,
    files: Files,
    beats: int,
    folder: str,
    ports: tuple[int, int] | None = None,
) -> list[str]:
    ports = ports or (service.port, service.keys_port)
    script = PROGRAMS / SUBJECTS[name][0]
    return [
        *map(
            str,
            (script, *ports, service.control_port, files.ca_file, files.device_file, beats, folder),
        )
    ]


def read_figures(seen: Counted, beats: int) -> Figures:
    """What is told of a day; a program that did less than its work has none."""
    assert not seen.refused, seen.refused[:3]
    paths = seen.requests
    work = {"/SendHeartbeat": beats, "/GetDeployments": -(-beats // BEATS_OF_AN_HOUR)}
    for path, count in work.items():
        # The agent's periods are longer or shorter, by chance.
        assert abs(paths[path] - count) <= max(1, count // 20), (path, paths[path], count)
    return {
        "heartbeats": paths["/SendHeartbeat"],
        "polls": paths["/GetDeployments"],
        "key_fetches": sum(count for path, count in paths.items() if "role-aliases" in path),
        "sent_bytes": seen.sent,
        "head_bytes": seen.heads,
        "body_bytes": seen.bodies,
        "received_bytes": seen.received,
        "key_bytes": seen.keys,
        "connections": seen.connections,
        "resumed": seen.resumed,
        "wakes": seen.wakes,
        "closings": seen.closings,
    }
