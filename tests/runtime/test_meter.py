from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent.data_budget import (
    BURST_S,
    CONNECTION_BYTES,
    HYBRID_BYTES,
    RESERVED_PART,
    RESUMED_BYTES,
    WRITES_PER_DAY,
    DataBudget,
    estimate_bytes,
    estimate_connection_bytes,
)

DAY_S = 86_400
# Ten in the morning of a day in 2027.
MORNING_S = 20_900 * DAY_S + 10 * 3600.0
LIMIT = 3_200_000
ORDINARY = LIMIT - LIMIT // RESERVED_PART
STEP = LIMIT // WRITES_PER_DAY


class Warnings:
    """A log, for reading afterwards."""

    def __init__(self):
        self.texts = []

    def warning(self, text):
        self.texts.append(text)


class Device:
    """A meter with its file, and clocks to set by hand."""

    def __init__(self, folder, day=LIMIT, rate=0):
        self.path = Path(folder) / "meter.json"
        self.limits = {"day_limit_bytes": day, "rate_limit_bytes_per_s": rate}
        self.now_s, self.steady_s = MORNING_S, 500.0
        self.log = Warnings()
        self.boot()

    def boot(self):
        self.meter = DataBudget(str(self.path), log=self.log, **self.limits)

    def wait(self, duration_s):
        self.now_s += duration_s
        self.steady_s += duration_s

    def ask(self, size=1, urgent=False):
        return self.meter.wait_s(size, self.now_s, self.steady_s, urgent)

    def move(self, total):
        """Let so many bytes go over the link, to the byte."""
        self.ask()
        self.meter._count(total)

    def fill(self):
        self.move(ORDINARY - self.meter.used_bytes)


@pytest.fixture
def device(tmp_path):
    return Device(tmp_path)


def test_a_resumed_connection_counts_less(device):
    device.ask()
    device.meter.connected()
    assert device.meter.used_bytes == estimate_connection_bytes()
    device.meter.resumed()
    left = estimate_connection_bytes() - CONNECTION_BYTES
    assert device.meter.used_bytes == RESUMED_BYTES + left


def test_without_limits_nothing_is_counted(tmp_path):
    device = Device(tmp_path, day=0)
    for _ in range(100):
        device.meter.connected()
        device.meter.resumed()
        device.meter.sent(10**12)
        device.meter.received(10**12)
        assert device.ask(10**12) == 0.0
    device.meter.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_days_limit_there_is_no_file(tmp_path):
    device = Device(tmp_path, day=0, rate=1000)
    device.ask(100)
    device.meter.sent(100_000)
    device.meter.close()
    assert list(tmp_path.iterdir()) == []


def test_everything_counts(device):
    device.ask()
    device.meter.connected()
    device.meter.sent(2_400)
    device.meter.received(350)
    device.meter.received(0)
    expected = estimate_connection_bytes() + estimate_bytes(2_400) + estimate_bytes(350)
    assert device.meter.used_bytes == expected


@pytest.mark.parametrize(
    ("version", "more"),
    [((1, 1, 1, 23, 15), 0), ((3, 0, 16, 0, 0), 0), ((3, 5, 0, 0, 0), HYBRID_BYTES)],
)
def test_a_connection_of_a_newer_openssl_has_larger_key_shares(version, more, monkeypatch):
    monkeypatch.setattr("_ssl.OPENSSL_VERSION_INFO", version)
    assert estimate_connection_bytes() == CONNECTION_BYTES + more


@given(st.integers(1, 10**7))
def test_an_estimate_is_more_than_the_message_and_not_much_more(size):
    estimate = estimate_bytes(size)
    assert size + 29 + 2 * 52 <= estimate <= size * 1.06 + 200
    assert estimate_bytes(size + 1) >= estimate


def test_the_day_ends_at_midnight(device):
    assert device.ask(10_000) == 0.0
    device.fill()
    assert device.ask() == 14 * 3600
    device.wait(14 * 3600 - 1)
    assert device.ask() == 1.0
    device.wait(1)
    assert device.ask(10_000) == 0.0
    assert device.meter.used_bytes == 0


def test_what_does_not_fit_waits_and_what_fits_does_not(device):
    device.move(ORDINARY - 2_000)
    assert device.ask(3_000) > 0
    assert device.ask(1_000) == 0.0


def test_the_last_share_is_for_what_is_urgent(device):
    device.fill()
    assert device.ask(5_000) > 0
    assert device.ask(5_000, urgent=True) == 0.0
    device.move(LIMIT - ORDINARY)
    assert device.ask(5_000, urgent=True) == 14 * 3600


def test_what_is_larger_than_a_day_begins_when_most_is_left(device):
    assert device.ask(10 * LIMIT) == 0.0
    device.move(ORDINARY // 2 + 1)
    assert device.ask(10 * LIMIT) == 14 * 3600
    device.wait(14 * 3600)
    assert device.ask(10 * LIMIT) == 0.0


def test_what_was_overspent_is_owed(device):
    device.move(int(2.5 * LIMIT))
    pause_s = device.ask(5_000)
    assert pause_s == 14 * 3600 + DAY_S
    device.wait(pause_s - 1)
    assert device.ask(5_000) == 1.0
    device.wait(1)
    assert device.ask(5_000) == 0.0
    assert device.meter.used_bytes == LIMIT // 2


@given(
    size=st.integers(0, 10 * LIMIT),
    used=st.integers(0, 5 * LIMIT),
    urgent=st.booleans(),
    rate=st.sampled_from([0, 1, 100, 10**6]),
)
def test_nothing_waits_for_ever_or_longer_than_told(tmp_path_factory, size, used, urgent, rate):
    device = Device(tmp_path_factory.mktemp("meter"), rate=rate)
    device.move(used)
    for _ in range(4):
        pause_s = device.ask(size, urgent)
        if not pause_s:
            break
        device.wait(pause_s)
    assert pause_s == 0.0


RATE = 1_000


@pytest.fixture
def slow(tmp_path):
    return Device(tmp_path, day=0, rate=RATE)


def test_a_burst_then_the_rate(slow):
    burst = int(RATE * BURST_S)
    assert slow.ask(burst // 2) == 0.0
    slow.move(burst)
    expected_s = estimate_bytes(500) / RATE
    assert slow.ask(500) == expected_s
    slow.wait(expected_s)
    assert slow.ask(500) == 0.0


def test_a_pause_gives_one_burst_and_no_more(slow):
    slow.ask()
    slow.wait(10**6)
    slow.move(int(RATE * BURST_S))
    assert slow.ask(500) > 0


def test_what_is_larger_than_a_burst_is_paid_for_afterwards(slow):
    assert slow.ask(10**6) == 0.0
    slow.move(10**6)
    assert slow.ask(500) == (10**6 - RATE * BURST_S + estimate_bytes(500)) / RATE


@given(st.lists(st.tuples(st.integers(1, 20_000), st.floats(0, 30)), max_size=60))
def test_no_second_is_dearer_than_the_rate(tmp_path_factory, turns):
    """Over any time: a burst, the rate, and one message that was larger than a burst."""
    slow = Device(tmp_path_factory.mktemp("meter"), day=0, rate=RATE)
    start_s, total = slow.steady_s, 0
    for size, pause_s in turns:
        slow.wait(slow.ask(size))
        if slow.ask(size) == 0.0:
            slow.meter.sent(size)
            total += estimate_bytes(size)
        assert total <= RATE * (slow.steady_s - start_s + BURST_S) + estimate_bytes(20_000)
        slow.wait(pause_s)


class TestClock:
    """No correction gives a second allowance, and none takes more than the rest of one day."""

    @pytest.mark.parametrize("jump_s", [-20 * 365 * DAY_S, -DAY_S, -7200, 7200, DAY_S, 9**9])
    def test_a_correction_gives_nothing(self, device, jump_s):
        device.fill()
        device.now_s += jump_s
        pause_s = device.ask(5_000)
        assert 0 < pause_s <= DAY_S
        device.wait(pause_s)
        assert device.ask(5_000) == 0.0

    def test_a_midnight_that_was_none_gives_nothing(self, device):
        device.fill()
        device.wait(14 * 3600)
        device.move(100_000)
        device.now_s -= 10 * 3600  # it was two in the afternoon
        assert device.ask(5_000) == 10 * 3600
        device.wait(10 * 3600)
        assert device.ask(5_000) == 0.0

    @pytest.mark.parametrize("jump_s", [-1800, -5, 5, 1800])
    def test_a_small_step_around_midnight(self, device, jump_s):
        device.fill()
        device.wait(14 * 3600 - 2)
        device.ask()
        device.now_s += jump_s
        device.ask()
        device.wait(4)
        device.move(100_000)
        device.now_s -= jump_s
        used = device.meter.used_bytes
        for _ in range(3_600):
            device.wait(1)
            device.ask()
        assert device.meter.used_bytes in (used, 100_000, 0)
        device.fill()
        assert device.ask(5_000) > DAY_S - 3 * 3600

    def test_a_board_that_boots_in_1970(self, device):
        device.now_s = 5.0
        device.fill()
        assert device.ask(5_000) > 0
        device.now_s = MORNING_S
        assert device.ask(5_000) == 14 * 3600

    def test_the_day_of_an_earlier_process_counts_while_it_lasts(self, device):
        device.fill()
        device.meter.close()
        device.boot()
        assert device.meter.used_bytes == ORDINARY
        assert device.ask(5_000) == 14 * 3600
        device.wait(14 * 3600)
        assert device.ask(5_000) == 0.0

    def test_a_restart_after_midnight(self, device):
        device.fill()
        device.meter.close()
        device.wait(DAY_S)
        device.boot()
        assert device.ask(5_000) == 0.0

    def test_a_restart_in_1970_knows_no_better_than_that_it_may_be_the_same_day(self, device):
        device.fill()
        device.meter.close()
        device.now_s, device.steady_s = 5.0, 5.0
        device.boot()
        assert device.ask(5_000) > 0

    @pytest.mark.parametrize("days", [0, 3])
    def test_and_learns_whether_it_was(self, device, days):
        device.fill()
        device.meter.close()
        device.now_s, device.steady_s = 5.0, 5.0
        device.boot()
        device.ask()
        device.now_s = MORNING_S + days * DAY_S
        assert (device.ask(5_000) > 0) == (days == 0)

    def test_what_was_written_in_1970_counts_till_midnight(self, device):
        device.now_s = 5.0
        device.fill()
        device.meter.close()
        device.now_s = MORNING_S
        device.boot()
        assert device.ask(5_000) == 14 * 3600

    def test_what_was_written_in_the_future_counts_till_midnight(self, device):
        device.now_s += 3650 * DAY_S
        device.fill()
        device.meter.close()
        device.now_s = MORNING_S
        device.boot()
        assert device.ask(5_000) == 14 * 3600
        device.wait(14 * 3600)
        assert device.ask(5_000) == 0.0

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([-(9**9), -DAY_S, -5000, -60, 60, 5000, DAY_S, 9**9]),
                st.integers(1, 20),
            ),
            max_size=5,
        )
    )
    def test_corrections_in_any_order(self, tmp_path_factory, corrections):
        """In a day of true time, moving all that is allowed: two allowances at most, as without
        corrections when the day holds a midnight.
        """
        device = Device(tmp_path_factory.mktemp("meter"))
        truth_s, wrong_s = device.now_s, 0
        spent = 0
        for jump_s, hours in [*corrections, (0, 1)]:
            device.now_s = truth_s + wrong_s
            wrong_s = 0 if jump_s and wrong_s else jump_s
            device.now_s = truth_s + wrong_s
            if device.ask(10_000) == 0.0:
                left = max(0, ORDINARY - device.meter.used_bytes)
                device.move(left)
                spent += left
            truth_s += hours * 3600 / 20
            device.steady_s += hours * 3600 / 20
        assert spent <= 2 * LIMIT


def test_the_count_survives_a_restart_to_the_byte(device):
    device.move(123_456)
    device.meter.close()
    assert json.loads(device.path.read_bytes()) == {"day": 20_900, "used": 123_456}
    device.boot()
    device.ask()
    assert device.meter.used_bytes == 123_456


def test_after_a_crash_what_was_not_written_counts_as_used(device):
    device.move(50_000)
    device.move(40_000)
    device.boot()
    device.ask()
    assert 90_000 <= device.meter.used_bytes <= 90_000 + 2 * STEP


def test_a_crash_loop_cannot_overspend(device):
    """Each life moves less than what makes it write."""
    moved = lives = 0
    while lives < 1_000:
        lives += 1
        device.boot()
        if device.ask(1_000) > 0:
            break
        device.meter._count(1_000)
        moved += 1_000
    assert moved <= ORDINARY
    assert lives <= WRITES_PER_DAY + 1
    assert device.ask(1_000, urgent=True) == 0.0


def test_few_writes(device, monkeypatch):
    writes = []
    write = DataBudget._write
    monkeypatch.setattr(DataBudget, "_write", lambda *args: (writes.append(args), write(*args)))
    turns = 0
    while device.ask(2_000) == 0.0:
        device.meter.sent(2_000)
        turns += 1
    assert turns > 1_000
    assert 10 < len(writes) <= WRITES_PER_DAY


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"[]",
        b'{"day": 20900}',
        b"\xff" * 2_000,
        b"{}",
        b'{"day": 20900, "used": -5}',
        b'{"day": "x", "used": 1}',
        b'{"day": 20900, "used": 1e999}',
        b'{"day": 20900, "used": NaN}',
        b'{"day": 1000000000000000000000, "used": 1}',
        b"[" * 1_024,
    ],
)
def test_a_file_that_is_no_count(device, content):
    device.path.write_bytes(content)
    device.boot()
    assert device.ask(5_000) == 0.0
    assert device.log.texts == [f"{device.path} is corrupt; today's usage starts from zero"]
    device.meter.close()
    assert json.loads(device.path.read_bytes())["day"] == 20_900


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    device = Device(tmp_path / "file")
    device.fill()
    assert device.ask(5_000) == 14 * 3600
    assert any("a restart will forget today's usage" in text for text in device.log.texts)
    assert len(device.log.texts) <= 4


KILLED = """if 1:
    import os, sys
    from edgemote.agent.data_budget import DataBudget
    path, stop = sys.argv[1], int(sys.argv[2])
    calls = 0
    def count(real):
        def call(*arguments, **more):
            global calls
            calls += 1
            if calls == stop:
                os.kill(os.getpid(), 9)
            return real(*arguments, **more)
        return call
    for name in ("open", "write", "fsync", "replace"):
        setattr(os, name, count(getattr(os, name)))
    meter = DataBudget(path, day_limit_bytes=3_200_000, rate_limit_bytes_per_s=0, log=None)
    said = os.dup(1)
    for turn in range(3):
        assert meter.wait_s(90_000, 1.8e9, 0.0) == 0.0
        meter.sent(90_000)
        sys.stdout.write("x")
        sys.stdout.flush()
    meter.close()
    print(calls)
    """


def test_killed_at_each_call_it_never_forgets(device):
    """A kill at each open, write, flush and rename."""
    device.now_s = 1.8e9
    stop = 0
    while True:
        stop += 1
        device.path.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, device.path, str(stop)],
            env={"PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
        )
        turns = done.stdout.count("x")
        device.boot()
        device.ask()
        used, sent = device.meter.used_bytes, turns * estimate_bytes(90_000)
        assert sent <= used <= sent + estimate_bytes(90_000) + 3 * STEP
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
    assert stop > 15
    assert device.log.texts == []
