"""Running a Python program in a foreign root, and reading what the probe counted.

Two runs of one program agree to 1e-5: no environment but what is given, fixed hash seed, no address
randomisation, qemu's own random numbers seeded, bytecode that is never checked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .roots import CACHE, Target, build_root, emulator, locked, python_of

PROBE_SOURCE = Path(__file__).with_name("probe.c")
TIMEOUT_S = 900
# Where the guest's addresses lie in the process of QEMU, the system call that is a mark
# (getpriority), and those that give memory back: munmap, brk, madvise.
_BASE = 0x1_0000_0000
_LAYOUTS = {
    "qemu-arm": (("-B", hex(_BASE)), (_BASE, 2 * _BASE), 96, (91, 45, 220)),
    # Without a base, QEMU puts a 64-bit guest below its own code at 0x55... and 0x7f...
    "qemu-aarch64": ((), (0, 1 << 40), 141, (215, 214, 233)),
}


class GuestError(Exception):
    """The guest program ended with an error; the text is what it wrote."""


@dataclass(frozen=True)
class Mark:
    """The probe's line: guest instructions since the start, and guest memory."""

    instructions: int
    resident_kib: int
    anonymous_kib: int
    peak_kib: int


@dataclass(frozen=True)
class Run:
    marks: list[Mark]
    end: Mark
    output: str


def run_guest(
    target: Target,
    arguments: Sequence[str | os.PathLike[str]],
    *,
    path: Sequence[str | os.PathLike[str]] = (),
    environment: Mapping[str, str] | None = None,
    memory: bool = True,
    timeout_s: float = TIMEOUT_S,
) -> Run:
    """Run the root's Python with `arguments` and `path` as its PYTHONPATH, under the probe.

    memory=False counts instructions only: for programs that give memory back all the time.
    """
    root = build_root(target)
    base, (low, high), mark_call, shrinking = _LAYOUTS[target.qemu]
    with tempfile.NamedTemporaryFile("r", prefix="probe-") as report:
        options = [
            f"report={report.name}",
            f"low={low}",
            f"high={high}",
            f"mark={mark_call}",
            *(f"shrink{index}={call}" for index, call in enumerate(shrinking)),
            f"memory={int(memory)}",
        ]
        plugin = ",".join([str(build_probe()), *options])
        command = guest_command(target, root, (*base, "-seed", "1", "-plugin", plugin))
        done = subprocess.run(
            ["setarch", "-R", *command, *map(os.fspath, arguments)],
            env=guest_environment(path, root, environment),
            cwd=root / "home",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        if done.returncode:
            raise GuestError(f"{target.name}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
        *marks, end = [_read_line(line) for line in report]
    return Run(marks, end, done.stdout)


def guest_command(target: Target, root: Path, options: Sequence[str] = ()) -> list[str]:
    """The root's Python as a board would start it: no site packages, nobody's or the system's."""
    return [*emulator(target, root, options), str(python_of(target, root)), "-s", "-S"]


def guest_environment(
    path: Sequence[str | os.PathLike[str]], root: Path, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """All that the guest's environment holds."""
    return {
        "HOME": str(root / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(map(os.fspath, path)),
        "TZ": "UTC0",
        **(more or {}),
    }


def build_probe() -> Path:
    """The plugin for the host's QEMU, compiled when its source is newer."""
    built = CACHE / "probe.so"
    with locked("probe"):
        if not built.exists() or built.stat().st_mtime < PROBE_SOURCE.stat().st_mtime:
            compiler = shutil.which("gcc") or "cc"
            partial = built.with_suffix(".partial")
            flags = ["-O2", "-Wall", "-Wno-unused-parameter", "-shared", "-fPIC"]
            subprocess.run([compiler, *flags, "-o", str(partial), str(PROBE_SOURCE)], check=True)
            partial.rename(built)
    return built


def _read_line(line: str) -> Mark:
    _, *numbers = line.split()
    return Mark(*map(int, numbers))
