"""Nothing that S3 has taken is lost or there twice, whatever happens to disk, link, clock and
power; what is kept stays within its bounds; and a board with nothing against it delivers the rest.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agent.faulty_disk import FaultyDisk, KilledError
from aws.errors import ServiceError
from aws.timestamps import format_iso8601
from edgemote.errors import TransportError

from .board import NOW_S, Board, refuse

LIMIT_SAMPLES = 7
FAULTS = (OSError, ServiceError, TransportError)


def identify(found: os.stat_result) -> tuple[int, int]:
    return found.st_ino, found.st_mtime_ns


class Flushes:
    """Which files have reached the flash."""

    def __init__(self) -> None:
        self.numbers: set[tuple[int, int]] = set()
        self._fsync = os.fsync

    def __enter__(self) -> Flushes:
        def fsync(file: int) -> None:
            self._fsync(file)
            self.numbers.add(identify(os.fstat(file)))

        os.fsync = fsync
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync = self._fsync


class Device(RuleBasedStateMachine):
    """A board through any sequence of what may happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.flushes = Flushes().__enter__()
        self.disk = FaultyDisk().__enter__()
        self.given: dict[str, float] = {}  # output -> when it was captured in truth
        self.taken: dict[str, set[str]] = {}  # key -> outputs that S3 has there
        self.boots = self.count = 0
        self.doubtful = False  # whether a disk without room may have cost an exact time

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.disk.__exit__()
            self.flushes.__exit__()
            shutil.rmtree(self.folder)

    @initialize(keep=st.sampled_from(["newest", "oldest"]), embed=st.sampled_from([4, 65_536]))
    def begin(self, keep, embed):
        self.board = Board(
            self.folder, limit_samples=LIMIT_SAMPLES, batch=3, keep=keep, embed_limit_bytes=embed
        )
        self.board.s3.before = self.take
        self.true_s = NOW_S
        self.disk.armed = True

    def take(self, key: str, body: bytes) -> None:
        """What S3 has must not become less, nor come a second time."""
        if not key.endswith(".jsonl"):
            return
        events = [json.loads(line) for line in body.splitlines()]
        found = set()
        for event in events:
            said = event["captureData"]["endpointOutput"]
            output = said["data"]
            if said["encoding"] == "URI":
                output = self.board.s3.objects[output.removeprefix("s3://bucket/")].decode()
            found.add(output)
            time = event["eventMetadata"].get("inferenceTime")
            assert (time is None) == ("/undated/" in key)
        assert len(found) == len(events)
        assert found <= self.given.keys()
        assert found >= self.taken.get(key, set()), "an object has become less"
        self.taken[key] = found
        if not self.doubtful:
            assert sum(map(len, self.taken.values())) == len(set().union(*self.taken.values()))

    def boot(self, name: str | None = None) -> None:
        if name is None:
            self.boots += 1
            name = f"boot-{self.boots}"
        self.disk.dead, self.disk.kill_in = False, None
        self.board.proven = False
        self.board.start(name)

    def doing(self, work) -> bool:
        """Whether it was done, and not cut by a death, after which the board boots."""
        self.doubtful = self.doubtful or self.disk.mode == "full"
        try:
            work()
        except KilledError:
            self.boot(self.board.boot)
            return False
        except FAULTS:
            return False
        return True

    @rule(size=st.integers(1, 9), input=st.booleans())
    def capture(self, size, input):
        self.count += 1
        output = f"{self.count:0{size}}"
        self.given[output] = self.true_s
        try:
            self.board.add(
                output.encode(), input=b"large enough" if input else None, content_type="text/csv"
            )
        except KilledError:
            self.boot(self.board.boot)

    @rule()
    def upload(self):
        if self.board.proven:
            self.doing(self.board.upload)

    @rule(calls=st.integers(1, 3), says=st.sampled_from(["yes", "lost", "down", "403", "500"]))
    def upload_in_part(self, calls, says):
        if not self.board.proven:
            return
        error = refuse(int(says)) if says.isdigit() else says

        def work() -> None:
            for _ in range(calls):
                self.board.s3.says = "yes"
                piece = self.board.captures.next_piece(is_proven=True)
                if piece is not None:
                    self.board.s3.says = error
                    self.board.captures.put(piece)

        self.doing(work)
        self.board.s3.says = "yes"

    @rule(changes=st.integers(0, 25))
    def kill_soon(self, changes):
        self.disk.kill_in = changes

    @rule(changes=st.integers(0, 12), mode=st.sampled_from(["full", "broken"]))
    def fail_once_soon(self, changes, mode):
        self.disk.fail_in, self.disk.fail_mode = changes, mode
        self.doubtful = self.doubtful or mode == "full"

    @rule(mode=st.sampled_from(["well", "full", "readonly", "broken"]))
    def let_the_disk_be(self, mode):
        self.disk.mode = mode

    @rule(seconds=st.integers(1, 4_000))
    def wait(self, seconds):
        self.true_s += seconds
        self.board.wait(seconds)

    @rule()
    def restart(self):
        self.boot(self.board.boot)

    @rule(draw=st.integers(), wall_s=st.sampled_from([0.0, NOW_S, NOW_S + 1e8]))
    def cut_power(self, draw, wall_s):
        """What was not flushed is lost, torn or there."""
        chance = random.Random(draw)
        self.disk.armed = False
        for name in self.board.kept():
            path = self.board.samples / name
            if identify(path.stat()) not in self.flushes.numbers:
                kept = chance.choice([0, 1, 0.5, None])
                if kept is None:
                    path.unlink()
                else:
                    content = path.read_bytes()
                    path.write_bytes(content[: int(len(content) * kept)])
        self.disk.armed = True
        self.board.wall_s, self.board.steady_s = wall_s, 5.0
        self.boot()

    @rule()
    def prove_the_time(self):
        self.board.clock.sync(self.true_s)
        self.board.proven = True

    @invariant()
    def is_within_bounds(self):
        assert len(self.board.kept()) <= LIMIT_SAMPLES if hasattr(self, "board") else True

    def settle(self) -> None:
        """With nothing against it any more, all that is kept arrives."""
        if not hasattr(self, "board"):
            return
        self.disk.mode, self.disk.fail_in, self.disk.kill_in = "well", None, None
        self.disk.armed = False
        self.board.clock.sync(self.true_s)
        for _ in range(3):  # a disk that has failed while it was looked at
            self.doing(self.board.upload)
        assert self.board.kept() == []
        assert not any((self.board.samples / name).exists() for name in ("batch", "done"))
        for key, outputs in self.taken.items():
            for output in outputs:
                if "/undated/" not in key:
                    hour_s = int(self.given[output] // 3_600) * 3_600
                    near = {format_iso8601(hour_s + shift)[:13] for shift in (-60, 0, 60 + 3_600)}
                    assert "-".join(key.split("/")[4:7]) + "T" + key.split("/")[7] in near


TestDevice = Device.TestCase
TestDevice.settings = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
