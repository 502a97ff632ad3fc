"""Run on each board what it would run, and hold every figure under its ceiling.

The bundle, unpacked, and the root's own Python are all that the board's programs get; the tests
get pytest and those judges beside it that are pure Python.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from edgemote_codegen.bundle import default_cache
from edgemote_codegen.bundle.msgspec_builds import (
    build,
    fetch_msgspec,
    find_host_headers,
    lend_headers,
    unpack_archive,
    unpack_source,
)
from endpoint import Endpoint

from . import device, measure
from .authorities import Peer, serve_answers, serve_authorities
from .bench import ROWS, measure_boards, show
from .five_minutes import follow
from .guest import GuestError, guest_command, guest_environment, run_guest
from .measure import Measured
from .roots import (
    BOOKWORM,
    CACHE,
    NEWER_TARGET,
    PROJECT,
    TARGETS,
    TESTING_TARGETS,
    TRIXIE,
    MissingToolError,
    Target,
    build_root,
    compile_tree,
    versions_of,
)
from .soak import GROWTH_LIMIT_KIB, find_growth
from .transfers import run_transfers

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
BUDGET = HERE / "budget.toml"
# A ceiling is what was measured when it was set; this much above it is still the same.
TOLERANCE = 0.01
# Tests of the runtime and the clients that a guest can run in minutes. The signer's are not among
# them: their judge, awscrt, is compiled. The endpoint tells whether a board signs well.
SUITES = (
    "tests/runtime/test_clock.py",
    "tests/runtime/test_credentials.py",
    "tests/runtime/test_credentials_container.py",
    "tests/runtime/test_credentials_instance.py",
    "tests/runtime/test_credentials_iot_role_alias.py",
    "tests/runtime/test_http1.py",
    "tests/runtime/test_meter.py",
    "tests/runtime/test_metrics.py",
    "tests/runtime/test_retry.py",
    "tests/runtime/test_settings.py",
    "tests/runtime/test_spool.py",
    "tests/runtime/transport",
    "tests/aws/test_timestamps.py",
    "tests/arm/board/agent.py",
    "tests/arm/board/bundle.py",
    "tests/arm/board/heartbeats.py",
)
# What is about the board itself: armel, with the instructions of an older ARM, differs from armhf
# in nothing that the other tests look at, and takes the longest.
BOARD_SUITES = tuple(suite for suite in SUITES if "arm/board" in suite or "timestamps" in suite)
# `--quick`, for CI: beside those, which speak TLS to this host, on one board of 32 bits what hangs
# on the C library, /proc and SQLite. The rest is Python that reads and writes texts, for minutes.
QUICK_SUITES = (
    *BOARD_SUITES,
    "tests/runtime/test_clock.py",
    "tests/runtime/test_metrics.py",
    "tests/runtime/test_spool.py",
)
QUICK_BOARD = "armhf"
TESTS_TIMEOUT_S = 1800
# msgspec's own tests: all but those of TOML and YAML, which no bundle has, and of its source text.
MSGSPEC_SUITES = (
    *("JSONTestSuite", "constraints", "convert", "inspect", "json", "raw", "schema"),
    *("struct", "struct_meta", "to_builtins"),
)
SOAK_KEPT = 3_000
SOAK_NEW = 60
# Which stretch between the marks of programs/ours.py a figure comes from.
_STRETCHES = {
    "heartbeat_instructions": 3,
    "deployments_instructions": 5,
    "nested_heartbeat_instructions": 8,
    "new_connection_instructions": 10,
}


@dataclass(frozen=True)
class Servers:
    """What runs on the host for the guests."""

    endpoint: Endpoint
    peer: Peer
    mutual: Peer
    authorities: int

    def describe(self) -> str:
        """What a board's tests need to know, as JSON."""
        key = self.endpoint.credentials
        return json.dumps(
            {
                "url": self.endpoint.url,
                "ca_file": self.endpoint.ca_file,
                "keys": [key.access_key_id, key.secret_access_key],
                "mutual_url": f"https://localhost:{self.mutual.port}",
                "mutual_ca_file": self.mutual.ca_file,
                "mutual_cert_file": self.mutual.cert_file,
            }
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m arm.check", description=__doc__)
    parser.add_argument(
        "--target",
        action="append",
        choices=sorted(TARGETS | TESTING_TARGETS),
        help="only this (repeatable)",
    )
    parser.add_argument(
        "--testing", action="store_true", help="only the tests, on Debian's testing release"
    )
    parser.add_argument(
        "--only",
        choices=("tests", "soak", "transfers", "msgspec", "readme", "pythons", "budget"),
        help="one part",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="fewer tests, the soak on one board, and not what changes with msgspec alone",
    )
    parser.add_argument("tests", nargs="*", help="test files instead of the usual ones")
    options = parser.parse_args()
    known = TESTING_TARGETS if options.testing else TARGETS
    if unknown := sorted({*(options.target or ())} - {*known}):
        parser.error(f"no such board in this release: {', '.join(unknown)}")
    targets = [known[name] for name in options.target or known]
    soaked = [TARGETS[QUICK_BOARD]] if options.quick else targets
    parts: dict[str, Callable[[], list[str]]] = {
        "tests": lambda: run_part(
            partial(run_tests, suites=options.tests, quick=options.quick), targets
        ),
        "soak": lambda: run_part(run_soak, soaked),
        "transfers": lambda: (
            [] if options.quick else list(filter(None, [run_transfers(TARGETS[QUICK_BOARD])]))
        ),
        "msgspec": lambda: [] if options.quick else run_msgspec_tests(),
        "readme": lambda: list(filter(None, [follow(TARGETS["armhf"])])),
        "pythons": lambda: [*run_newer_python(), *([] if options.quick else check_lent_headers())],
        "budget": lambda: run_budget(targets),
    }
    failures: list[str] = []
    try:
        for name, run in parts.items():
            if options.only in (None, name) and (name == "tests" or not options.testing):
                began_s = time.monotonic()
                failures += run()
                print(f"{name}: {time.monotonic() - began_s:.0f} s", flush=True)
    except MissingToolError as error:
        failures.append(str(error))
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return int(bool(failures))


def run_part(run: Callable[[Target, Servers], str], targets: list[Target]) -> list[str]:
    """Do one part on all boards, two at a time."""
    with serve() as servers, ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda target: run(target, servers), targets))
    return [f"{target.name}: {text}" for target, text in zip(targets, said, strict=True) if text]


@contextmanager
def serve() -> Iterator[Servers]:
    with (
        measure.serve() as endpoint,
        tempfile.TemporaryDirectory() as plain,
        tempfile.TemporaryDirectory() as mutual,
        serve_answers(Path(plain)) as peer,
        serve_answers(Path(mutual), mutual=True) as other,
        serve_authorities() as authorities,
    ):
        yield Servers(endpoint, peer, other, authorities)


def run_tests(target: Target, servers: Servers, suites: Sequence[str], quick: bool) -> str:
    """The tests on one board. What pytest says about failures, "" when there are none."""
    if not suites and quick:
        suites = QUICK_SUITES if target.name == QUICK_BOARD else BOARD_SUITES
    suites = suites or (BOARD_SUITES if target.name == "armel" else SUITES)
    root = build_root(target)
    with tempfile.TemporaryDirectory(prefix="board-") as folder:
        board = unpack(target, Path(folder))
        path = [board, device.test_tools(target), HERE / "board" / "stand_ins", PROJECT / "tests"]
        environment = {
            "ARM_AUTHORITIES": str(servers.authorities),
            "ARM_BOARD": servers.describe(),
            "ARM_PYTHON": str(write_python(target)),
            "PATH": "/usr/bin:/bin",
            # tests/conftest.py then does not try to generate, which is the build host's work.
            "EDGEMOTE_TEST_CLIENTS": str(board),
        }
        options = ["-p", "no:cacheprovider", "-p", "arm.board.plugin", "-o", "pythonpath="]
        start = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
        done = subprocess.run(
            [*guest_command(target, root), "-c", start, *options, "--tb=short", *suites],
            env=guest_environment(path, root, environment),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TESTS_TIMEOUT_S,
        )
    if done.returncode:
        return f"tests\n{done.stdout[-8000:]}{done.stderr[-4000:]}"
    print(f"{target.name}: tests: {done.stdout.strip().splitlines()[-1]}", flush=True)
    return ""


def unpack(target: Target, folder: Path) -> Path:
    """What copying the bundle's archive onto a board gives."""
    unpack_archive(device.find_archive(device.bundle(target)), folder)
    # Named as in the source tree, where some tests look for it.
    board = (folder / f"edgemote-{target.name}").rename(folder / "runtime")
    # The board's Python does that at its first start.
    compile_tree(board, build_root(target), target)
    return board


def write_python(target: Target) -> Path:
    """An executable that is the board's Python for child processes: this host has no binfmt."""
    command = guest_command(target, build_root(target))
    command[0] = shutil.which(command[0]) or command[0]
    file = CACHE / f"python-{target.label}"
    file.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    file.chmod(0o755)
    return file


def run_soak(target: Target, servers: Servers) -> str:
    """Thousands of heartbeats with a flat memory; what has grown, "" when nothing has."""
    peer, said = servers.peer, []
    for what, count, kept in (("kept", SOAK_KEPT, SOAK_KEPT + 1), ("new", SOAK_NEW, 1)):
        arguments = ["localhost", str(peer.port), peer.ca_file, str(count), str(kept)]
        try:
            run = run_guest(
                target,
                [measure.PROGRAMS / "soak.py", *arguments],
                path=[device.bundle(target)],
            )
        except GuestError as error:
            return f"soak: {error}"
        growth = find_growth([mark.resident_kib for mark in run.marks])
        if growth > GROWTH_LIMIT_KIB:
            return (
                f"soak over {what} connections: memory grows by {growth} KiB "
                f"in {count} heartbeats, at most {GROWTH_LIMIT_KIB} are allowed"
            )
        said.append(f"{count} heartbeats over {what} connections, growth {growth} KiB")
    print(f"{target.name}: soak: {'; '.join(said)}", flush=True)
    return ""


def run_newer_python() -> list[str]:
    """The bundle for the next Debian's Python, in its own root: whole, and at work."""
    folder = device.bundle(NEWER_TARGET)
    try:
        run_guest(NEWER_TARGET, ["-m", "edgemote", "--verify"], path=[folder])
        with measure.serve() as endpoint:
            arguments = [measure.PROGRAMS / "ours.py", *measure.endpoint_arguments(endpoint), "2"]
            run_guest(NEWER_TARGET, arguments, path=[folder])
    except GuestError as error:
        return [f"{NEWER_TARGET.label}: {error}"]
    python = versions_of(build_root(NEWER_TARGET))[f"python{TRIXIE.python}-minimal"]
    print(f"{NEWER_TARGET.name}: the bundle is whole and at work with Python {python}", flush=True)
    return []


def run_msgspec_tests() -> list[str]:
    """msgspec's own tests of what is shipped, against the package as bundles have it, natively."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        unpack_source(default_cache(), work)
        [source] = work.glob("msgspec-*")
        # Not in the source's folder, where its own package would be found first.
        (source / "tests").rename(work / "tests")
        for path, content in fetch_msgspec("amd64", (python,), "gnu", default_cache()).items():
            (work / path).parent.mkdir(exist_ok=True)
            (work / path).write_bytes(content)
        suites = [f"tests/unit/test_{suite}.py" for suite in MSGSPEC_SUITES]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "-q", *suites],
            env={**os.environ, "PYTHONPATH": name},
            cwd=work,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        return [f"msgspec's own tests\n{done.stdout[-4000:]}{done.stderr[-2000:]}"]
    print(f"msgspec's own tests: {done.stdout.strip().splitlines()[-1]}", flush=True)
    return []


def check_lent_headers() -> list[str]:
    """msgspec built with a pyconfig.h of another Python is the same, byte for byte."""
    target, python = NEWER_TARGET.name, BOOKWORM.python
    include = find_host_headers(python)
    if include is None:
        print(f"this machine has no headers of Python {python}: lending them is not checked")
        return []
    own = build(target, python, default_cache())
    with tempfile.TemporaryDirectory() as work:
        cache = Path(work)
        lent = cache / f"headers-{target}-{python}"
        lend_headers(target, python, include, lent, TRIXIE.python)
        if build(target, python, cache) != own:
            return [f"{target}: msgspec built with lent headers differs from that with its own"]
    print(f"{target}: msgspec built with lent headers is the same, byte for byte", flush=True)
    return []


def run_budget(targets: list[Target]) -> list[str]:
    """The figures above their ceilings."""
    with BUDGET.open("rb") as file:
        budget = tomllib.load(file)
    boards = measure_boards(targets, ["edgemote"])
    failures = compare(boards, budget) + compare_clouds(boards)
    if failures:
        # On a busy host, responses arrive in more pieces, which takes more instructions. So the
        # lower of two measurements counts.
        print("measuring again:", *failures, sep="\n", flush=True)
        found = {line.partition(":")[0] for line in failures}
        again = measure_boards([one for one in targets if one.name in found], ["edgemote"])
        for name, programs in again.items():
            first, second = boards[name]["edgemote"], programs["edgemote"]
            boards[name]["edgemote"] = {key: min(first[key], second[key]) for key in first}
        failures = compare(boards, budget) + compare_clouds(boards)
    if not failures:
        print(f"budget: all figures under their ceilings, on {', '.join(boards)}", flush=True)
    return failures


def compare(boards: dict[str, Measured], budget: dict[str, dict[str, int]]) -> list[str]:
    """A line for each figure that is over its ceiling, with how to find out why."""
    failures = []
    for name, programs in boards.items():
        for figure, ceiling in budget[name].items():
            value = programs["edgemote"][figure]
            if value > ceiling * (1 + TOLERANCE):
                label, unit = ROWS[figure]
                failures.append(
                    f"{name}: {label}: {show(value, unit)} {unit}, "
                    f"{value / ceiling - 1:.1%} above its ceiling of {show(ceiling, unit)} "
                    f"in {BUDGET.relative_to(PROJECT)}. What costs how much: {_hint(name, figure)}"
                )
    return failures


# In AWS IoT, a device does with no more than one that signs with keys it got by its certificate.
CLOUD_RULES = (
    ("iot_agent_peak_resident_kib", "role_alias_agent_peak_resident_kib"),
    ("iot_agent_heartbeat_instructions", "agent_heartbeat_instructions"),
    ("iot_size_bytes", "size_bytes"),
)


def compare_clouds(boards: dict[str, Measured]) -> list[str]:
    """A line for each figure of AWS IoT that is above that of SageMaker Edge."""
    failures = []
    for name, programs in boards.items():
        figures = programs["edgemote"]
        for ours, theirs in CLOUD_RULES:
            if ours in figures and figures[ours] > figures[theirs]:
                (label, unit), (other, _) = ROWS[ours], ROWS[theirs]
                failures.append(
                    f"{name}: {label}: {show(figures[ours], unit)} {unit}, more than "
                    f"{show(figures[theirs], unit)} of {other}"
                )
    return failures


def _hint(name: str, figure: str) -> str:
    if figure in ("files", "size_bytes"):
        return f"make bundle TARGET={name}"
    command = f"PYTHONPATH=codegen:generated:runtime:tests python -m arm.imports --target {name}"
    return f"{command} --stretch {_STRETCHES.get(figure, 1)}"


if __name__ == "__main__":
    sys.exit(main())
