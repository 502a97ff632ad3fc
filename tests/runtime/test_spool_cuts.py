"""The spool killed at what it does to the disk, and without power there, for real files.

`make test` kills at every third of the places, `make sweeps` at each.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgemote.agent.spool import Spool

from .disk import Operation, Recorder, cut_power

LIMIT_BYTES = 400_000
START_S = 1_800_000_000.0
# The size of a beat to add, or what else to do. The large ones fill the log until it is copied into
# the database, and push out what came before.
STEPS = [
    *(1_900, 600, "remove", 4_000, 10, "close", 1_900, "remove", "remove"),
    *(120_000, 130_000, 125_000, "remove", 90_000, 1_900, "expire", 700, "close", 800),
]
# Runs the steps, and says in a file of the same folder that each has returned.
SCRIPT = f"""
import os, sys
from edgemote.agent.spool import Spool

class Log:
    def error(self, text):
        raise AssertionError(text)

spool = Spool(sys.argv[1] + "/spool.db", limit_bytes={LIMIT_BYTES}, limit_age_s=3600, log=Log())
said = os.open(sys.argv[1] + "/said", os.O_WRONLY | os.O_CREAT, 0o600)
for index, step in enumerate({STEPS}):
    if step == "remove":
        spool.remove(spool.first()[0])
    elif step == "expire":
        spool.expire({START_S} + 3600 + 10, 3600 + 10)
    elif step == "close":
        spool.close()
    else:
        spool.add(bytes([index]) * step, {START_S} + index, float(index))
    os.write(said, b"x")
"""

State = tuple[list[bytes], int]


class Errors:
    """A log, for reading afterwards."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def error(self, text: str) -> None:
        self.texts.append(text)


# Meets a file that is none of its own, and goes on.
SETTING_ASIDE = """
import os, sys
from edgemote.agent.spool import Spool

class Log:
    def error(self, text):
        pass

for end in ("", "-wal"):
    with open(sys.argv[1] + "/spool.db" + end, "wb") as file:
        file.write(b"garbage" * 1000)
said = os.open(sys.argv[1] + "/said", os.O_WRONLY | os.O_CREAT, 0o600)
spool = Spool(sys.argv[1] + "/spool.db", limit_bytes=100_000, limit_age_s=3600, log=Log())
for index in range(3):
    spool.add(bytes([index]) * 100, 1.8e9, 0.0)
    os.write(said, b"x")
"""


def expected_states() -> list[State]:
    """Bodies and dropped beats before the first step and after each."""
    bodies: list[bytes] = []
    dropped = 0
    states: list[State] = [([], 0)]
    for index, step in enumerate(STEPS):
        if step == "remove":
            bodies = bodies[1:]
        elif step == "expire":
            young = [body for body in bodies if body[0] >= 10]
            dropped += len(bodies) - len(young)
            bodies = young
        elif isinstance(step, int):
            bodies = [*bodies, bytes([index]) * step]
            while sum(map(len, bodies)) + 32 * len(bodies) > LIMIT_BYTES:
                bodies, dropped = bodies[1:], dropped + 1
        states.append((bodies, dropped))
    return states


def read_all(folder: Path) -> State:
    """What a new process finds, and that it can go on from there."""
    log = Errors()
    spool = Spool(str(folder / "spool.db"), limit_bytes=LIMIT_BYTES, limit_age_s=3600, log=log)
    dropped, bodies = spool.dropped, []
    while (beat := spool.first()) is not None:
        bodies.append(beat[2])
        spool.remove(beat[0])
    assert spool.add(b"next", START_S, 0.0)
    assert spool.first()[2] == b"next"
    spool.close()
    assert log.texts == []
    assert not (folder / "spool.db.bad").exists()
    return bodies, dropped


def steps_done(operations: list[Operation]) -> int:
    return sum(operation.name == "said" and operation.kind == "write" for operation in operations)


@pytest.fixture(scope="module")
def work() -> Iterator[Path]:
    """In memory where there is such a folder: thousands of flushes take a disk a minute."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def recorder(work: Path) -> Recorder:
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    return Recorder(work)


@pytest.fixture(scope="module")
def whole_run(recorder: Recorder) -> list[Operation]:
    operations = recorder.run(SCRIPT)
    assert steps_done(operations) == len(STEPS)
    kinds = {operation.kind for operation in operations}
    assert kinds == {"create", "write", "truncate", "sync", "unlink"}
    return operations


def interesting(operations: list[Operation]) -> Iterator[int]:
    """All but the writes in the middle of a long row of them."""
    for number, operation in enumerate(operations):
        if operation.kind != "write" or operation.name == "said" or number % 40 == 0:
            yield number
            if number + 1 < len(operations) and operations[number + 1].kind == "write":
                yield number + 1


@pytest.mark.slow
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.sweep)])
def test_what_a_kill_leaves(recorder: Recorder, whole_run: list[Operation], every: int) -> None:
    """Every step that returned has happened, and at most the next one too."""
    states = expected_states()
    numbers = sorted(set(interesting(whole_run)))
    assert len(numbers) > 80
    for number in numbers[::every]:
        done = steps_done(recorder.run(SCRIPT, kill_at=number, half=number % 2 == 1))
        found = read_all(recorder.folder)
        assert found in states[done : done + 2], f"killed at {number}: {whole_run[number]}"


@pytest.mark.slow
def test_what_a_power_cut_leaves(whole_run: list[Operation], work: Path) -> None:
    """The state after some step: none before the last beat that was kept, so that nothing comes
    out of order.
    """
    states = expected_states()
    for seed in range(400):
        draw = random.Random(seed)
        cut = draw.randrange(len(whole_run) + 1)
        folder = work / str(seed)
        cut_power(whole_run[:cut], draw, folder)
        done = steps_done(whole_run[:cut])
        kept = max((n for n in range(done) if isinstance(STEPS[n], int)), default=-1) + 1
        assert read_all(folder) in states[kept : done + 2], f"seed {seed}, cut at {cut}"
        shutil.rmtree(folder)


@pytest.mark.slow
def test_what_a_kill_leaves_of_setting_aside(recorder: Recorder) -> None:
    operations = recorder.run(SETTING_ASIDE)
    assert any(operation.kind == "rename" for operation in operations)
    first = next(n for n, operation in enumerate(operations) if operation.name == "said")
    for number in range(first, len(operations)):
        done = steps_done(recorder.run(SETTING_ASIDE, kill_at=number))
        path = str(recorder.folder / "spool.db")
        spool = Spool(path, limit_bytes=100_000, limit_age_s=3600, log=Errors())
        assert spool.add(b"next", START_S, 0.0)
        found = []
        while (beat := spool.first()) is not None:
            found.append(beat[2])
            spool.remove(beat[0])
        spool.close()
        bodies = [bytes([index]) * 100 for index in range(3)]
        assert found in ([*bodies[:done], b"next"], [*bodies[: done + 1], b"next"])
