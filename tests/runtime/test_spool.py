from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from edgemote.agent.spool import Spool

NOW_S = 1_800_000_000.0
DAY_S = 86_400.0
LIMIT_BYTES = 20_000
# What the spool counts for a beat beside its body.
ROW_BYTES = 32


class Errors:
    """A log, for reading afterwards."""

    def __init__(self):
        self.texts = []

    def error(self, text):
        self.texts.append(text)


class Board:
    """A folder with a spool in it, and clocks to set by hand."""

    def __init__(self, folder, limit_bytes=LIMIT_BYTES, limit_age_s=DAY_S):
        self.path = Path(folder) / "spool.db"
        self.bounds = {"limit_bytes": limit_bytes, "limit_age_s": limit_age_s}
        self.now_s, self.steady_s = NOW_S, 1000.0
        self.log = Errors()
        self.boot()

    def boot(self):
        self.spool = Spool(str(self.path), log=self.log, **self.bounds)

    def cut(self):
        """As a kill leaves it: what the process had open is not closed in good order."""
        kept = Path(tempfile.mkdtemp(dir=self.path.parent))
        for file in self.path.parent.glob("spool.db*"):
            shutil.copy(file, kept)
        self.spool.close()
        for file in self.path.parent.glob("spool.db*"):
            file.unlink()
        for file in kept.iterdir():
            shutil.move(file, self.path.parent)
        kept.rmdir()
        self.boot()

    def wait(self, duration_s):
        self.now_s += duration_s
        self.steady_s += duration_s

    def add(self, body):
        return self.spool.add(body, self.now_s, self.steady_s)

    def expire(self):
        return self.spool.expire(self.now_s, self.steady_s)

    def drain(self):
        bodies = []
        while (beat := self.spool.first()) is not None:
            bodies.append(beat[2])
            self.spool.remove(beat[0])
        return bodies

    def names(self):
        return sorted(file.name for file in self.path.parent.iterdir())


@pytest.fixture
def board(tmp_path):
    made = Board(tmp_path)
    yield made
    made.spool.close()


def run(code, *arguments, prefix=(), **more):
    """Python in a process of its own, with the same modules."""
    return subprocess.run(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        **more,
    )


def test_nothing_is_there_before_a_beat_is_kept(board):
    assert (board.spool.depth, board.spool.size_bytes, board.spool.dropped) == (0, 0, 0)
    assert board.spool.first() is None
    assert board.expire() == 0
    board.spool.remove(1)
    board.spool.close()
    assert board.names() == []


def test_sqlite_is_loaded_for_the_first_beat():
    code = """if 1:
        import sys, tempfile
        from edgemote.agent.spool import Spool
        with tempfile.TemporaryDirectory() as folder:
            spool = Spool(folder + "/s.db", limit_bytes=9999, limit_age_s=9, log=None)
            print(spool.depth, "_sqlite3" in sys.modules)
            spool.add(b"x", 0.0, 0.0)
            print(spool.depth, "_sqlite3" in sys.modules)
            spool.close()
            print(*sorted({"sqlite3", "datetime"} & set(sys.modules)))
        """
    shown = run(code)
    assert shown.stdout == "0 False\n1 True\n\n", shown.stderr


def test_in_order_with_their_times(board):
    for index in range(5):
        assert board.add(b"%d" % index)
        board.wait(10)
    for index in range(5):
        number, at_s, body = board.spool.first()
        assert (at_s, body) == (NOW_S + 10 * index, b"%d" % index)
        assert board.spool.depth == 5 - index
        board.spool.remove(number)
        board.spool.remove(number)
    assert board.spool.first() is None
    assert board.spool.size_bytes == 0


def test_a_number_is_not_given_twice(board):
    """Who removes a beat late must not remove another."""
    board.add(b"old")
    number = board.spool.first()[0]
    board.spool.remove(number)
    board.add(b"new")
    board.spool.remove(number)
    assert board.spool.first()[2] == b"new"


def test_an_empty_file_does_not_outlive_the_agent(board):
    board.add(b"x")
    board.drain()
    assert "spool.db" in board.names()
    board.spool.close()
    assert board.names() == []
    assert board.add(b"y")
    assert board.spool.first()[2] == b"y"


def test_the_oldest_makes_room(board):
    size = 6_000
    for index in range(5):
        assert board.add(bytes([index]) * size)
    assert (board.spool.depth, board.spool.size_bytes, board.spool.dropped) == (3, 3 * size, 2)
    assert [body[0] for body in board.drain()] == [2, 3, 4]


def test_a_beat_larger_than_the_spool_costs_no_other(board):
    board.add(b"small")
    assert not board.add(b"x" * LIMIT_BYTES)
    assert (board.spool.depth, board.spool.dropped) == (1, 1)
    assert board.log.texts == [f"a heartbeat of {LIMIT_BYTES} bytes exceeds the spool's limit"]
    board.cut()
    assert (board.spool.depth, board.spool.dropped) == (1, 1)


def test_the_count_of_dropped_beats_survives(board):
    for _ in range(5):
        board.add(b"x" * 9_000)
    board.drain()
    for _ in range(3):
        board.spool.close()
        board.boot()
        assert (board.spool.depth, board.spool.dropped) == (0, 3)


@pytest.mark.parametrize("size", [1, 300, 520, 1_000, 1_900, 2_100, 30_000])
def test_the_file_is_bounded(tmp_path, size):
    """Whatever the bodies' size, and after many times as much as fits; CONTRIBUTING has figures."""
    limit_bytes = 200_000
    board = Board(tmp_path, limit_bytes=limit_bytes)
    largest = 0
    for index in range(min(8_000, 5 * limit_bytes // size)):
        assert board.add(bytes([index % 256]) * size)
        largest = max(largest, sum(file.stat().st_size for file in tmp_path.iterdir()))
    board.spool.close()
    assert board.path.stat().st_size < 2 * limit_bytes
    # The log is copied when it has 256 pages, and holds one transaction more.
    assert largest < 2 * limit_bytes + 300_000 + 4 * size


class TestTimes:
    """How beats age while nobody, or somebody, knows the time."""

    def test_what_is_too_old_is_dropped_once_the_time_is_proved(self, board):
        board.add(b"old")
        board.wait(DAY_S + 1)
        board.add(b"young")
        assert board.spool.depth == 2
        assert board.expire() == 1
        assert board.spool.dropped == 1
        assert board.drain() == [b"young"]

    def test_what_is_just_young_enough_stays(self, board):
        board.add(b"x")
        board.wait(DAY_S)
        assert board.expire() == 0

    @pytest.mark.parametrize("wrong_s", [5.0, NOW_S - 30 * DAY_S, NOW_S + 3650 * DAY_S])
    @pytest.mark.parametrize("while_it_lasts", [True, False], ids=["same process", "new process"])
    def test_a_corrected_clock_drops_nothing(self, board, wrong_s, while_it_lasts):
        """But beats of an earlier process with a time that might be true are as old as they say."""
        board.now_s = wrong_s
        board.add(b"1")
        board.wait(60)
        board.add(b"2")
        if not while_it_lasts:
            board.cut()
            board.steady_s = 3.0
        board.now_s = NOW_S
        lost = board.expire()
        plausible = wrong_s == NOW_S - 30 * DAY_S and not while_it_lasts
        assert lost == (2 if plausible else 0)
        if while_it_lasts:
            assert [board.spool.first()[1]] == [NOW_S - 60]

    def test_age_goes_on_from_the_corrected_time(self, board):
        board.now_s = 5.0
        board.add(b"1")
        board.wait(0.6 * DAY_S)
        board.now_s = NOW_S
        board.add(b"2")
        board.wait(0.6 * DAY_S)
        assert board.expire() == 1
        assert board.drain() == [b"2"]

    def test_a_clock_that_drifts_is_not_corrected(self, board):
        board.add(b"1")
        board.now_s += 50.0
        board.add(b"2")
        assert board.spool.first()[1] == NOW_S

    def test_beats_of_an_earlier_process_keep_their_times(self, board):
        board.add(b"1")
        board.cut()
        board.now_s, board.steady_s = 5.0, 5.0
        board.add(b"2")
        board.now_s = NOW_S + 100
        board.add(b"3")
        assert board.spool.first()[1] == NOW_S


def damage(board, change):
    """Three beats on disk, of which a part is then changed."""
    for index in range(3):
        board.add(bytes([index]) * 1_900)
    board.spool.close()
    content = board.path.read_bytes()
    board.path.write_bytes(change(content))
    board.boot()


DAMAGES = {
    "no SQLite file": lambda content: b"garbage" * 100,
    "short": lambda content: content[:1500],
    "a table's name is no text": lambda content: content.replace(b"tablebeats", b"table\x80eats"),
    "a statement is no text": lambda content: content.replace(
        b"CREATE TABLE ", b"CREATE \x80ABLE "
    ),
    "a page short": lambda content: content[:7173],
    "header alone": lambda content: content[:100],
    "pages gone": lambda content: content[:1024] + bytes(len(content) - 1024),
    "another's database": lambda content: content[:68] + b"abcd" + content[72:],
}


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
def test_what_cannot_be_read_is_set_aside(board, change):
    damage(board, change)
    content = board.path.read_bytes()
    assert board.add(b"next")
    assert board.drain() == [b"next"]
    [text] = board.log.texts
    assert f"moved to {board.path}.bad" in text
    assert Path(f"{board.path}.bad").read_bytes() == content


def test_one_copy_is_kept(board):
    for content in (b"first" * 100, b"second" * 100):
        board.spool.close()
        board.path.write_bytes(content)
        board.boot()
        board.add(b"x")
        assert Path(f"{board.path}.bad").read_bytes() == content
    board.spool.close()
    assert board.names() == ["spool.db", "spool.db.bad"]


def test_beats_that_were_set_aside_are_counted(tmp_path):
    """Damage that shows when the page of a beat is read, and not before."""
    board = Board(tmp_path, limit_bytes=400_000)
    for index in range(150):
        board.add(bytes([index]) * 1_900)
    board.spool.close()
    board.boot()
    assert board.spool.depth == 150
    with board.path.open("r+b") as file:
        file.seek(100 * 1024)
        file.write(b"\xff" * 60 * 1024)
    sent = board.drain()
    assert 20 < len(sent) < 120
    assert sent == [bytes([index]) * 1_900 for index in range(len(sent))]
    assert board.spool.dropped == 150 - len(sent)
    assert f" with {150 - len(sent)} heartbeats" in board.log.texts[0]
    assert board.add(b"next")
    board.cut()
    assert board.drain() == [b"next"]
    assert board.spool.dropped == 150 - len(sent)
    board.spool.close()


def test_a_header_of_another_age_is_set_aside(tmp_path):
    """SQLite refuses it with the error that it has for wrong statements."""
    board = Board(tmp_path)
    board.add(b"1")
    board.spool.close()
    board.boot()
    with board.path.open("r+b") as file:
        file.seek(47)  # the schema's format
        file.write(b"\x05")
    assert not board.spool.first()
    assert board.add(b"next")
    assert board.drain() == [b"next"]
    board.spool.close()


@settings(max_examples=60)
@given(st.data())
def test_no_damage_stops_the_agent(data):
    with tempfile.TemporaryDirectory() as folder:
        board = Board(folder)

        def change(content):
            changed = bytearray(content)
            for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=9)):
                changed[place] = data.draw(st.integers(0, 255))
            return bytes(changed[: data.draw(st.integers(0, len(content)))])

        damage(board, change)
        board.expire()
        first = board.spool.first()
        assert first is None or isinstance(first[2], bytes)
        # Twice: the first may meet the damage in a page that only it needs.
        kept = [board.add(b"next"), board.add(b"next")]
        assert kept[1]
        board.drain()
        assert board.spool.depth == 0
        board.spool.close()


def test_a_folder_in_its_place(board):
    board.path.mkdir()
    assert not board.add(b"x")
    assert not board.add(b"x")
    assert (board.spool.depth, board.spool.dropped) == (0, 2)
    [text] = set(board.log.texts)
    assert "unable to open database file" in text
    board.path.rmdir()
    assert board.add(b"x")
    assert board.spool.dropped == 2


def test_another_process_that_looks_costs_a_beat_and_no_more(board):
    board.add(b"1")
    board.spool.close()
    other = sqlite3.connect(board.path)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert not board.add(b"2")
    other.rollback()
    other.close()
    assert set(board.log.texts) == {f"cannot store heartbeats in {board.path}: database is locked"}
    assert board.add(b"3")
    assert board.drain() == [b"1", b"3"]
    assert board.spool.dropped == 1
    board.spool.close()
    assert board.names() == ["spool.db"]


def test_a_python_without_sqlite(tmp_path):
    code = """if 1:
        import sys
        sys.modules["_sqlite3"] = None
        from edgemote.agent.spool import Spool
        class Log:
            error = print
        spool = Spool(sys.argv[1] + "/s.db", limit_bytes=9999, limit_age_s=9, log=Log)
        print(spool.add(b"x", 0.0, 0.0), spool.add(b"x", 0.0, 0.0), spool.depth, spool.dropped)
        """
    shown = run(code, tmp_path)
    complaint = "heartbeats cannot be stored: this Python has no sqlite3\n"
    assert shown.stdout == f"{complaint}{complaint}False False 0 2\n", shown.stderr


FILL = """if 1:
    import os, sys
    from edgemote.agent.spool import Spool
    class Log:
        error = print
    spool = Spool(sys.argv[1] + "/spool.db", limit_bytes=1_000_000, limit_age_s=9, log=Log)
    kept = 0
    for index in range(300):
        kept += spool.add(index.to_bytes(2, "big") * 950, 1.8e9, 0.0)
    print(kept, spool.depth, spool.dropped)
    if "drain" in sys.argv:
        sent = []
        while (beat := spool.first()) is not None:
            sent.append(beat[2][:2])
            spool.remove(beat[0])
        print(len(sent), spool.depth, sent == sorted(set(sent)))
    os._exit(0)
    """


def check_full(shown, folder):
    *lines, last = shown.stdout.splitlines()
    kept, depth, dropped = map(int, last.split())
    assert 20 < kept == depth < 300, shown
    assert dropped == 300 - kept
    assert lines
    assert all(line.startswith("cannot store heartbeats in ") for line in lines)
    board = Board(folder, limit_bytes=1_000_000)
    numbers = [int.from_bytes(body[:2], "big") for body in board.drain()]
    assert len(numbers) == kept
    assert numbers == sorted(numbers)
    assert board.log.texts == []
    assert board.add(b"next")
    board.spool.close()


def run_full(tmp_path, *words):
    tool = shutil.which("unshare")
    script = 'mount -t tmpfs -o size=256k none "$3" && "$0" -uc "$1" "$3" $4; cp "$3"/* "$2"'
    space, saved = tmp_path / "space", tmp_path / "saved"
    space.mkdir()
    saved.mkdir()
    prefix = [tool or "", "-rm", "/bin/sh", "-c", script]
    shown = subprocess.run(
        [*prefix, sys.executable, FILL, saved, space, *words],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin:/sbin:/usr/sbin"},
        capture_output=True,
        text=True,
    )
    if not shown.stdout:
        pytest.skip(f"no file system can be mounted here: {shown.stderr}")
    return shown, saved


def test_a_disk_that_is_full(tmp_path):
    """What was kept before stays, and beats are kept again once there is room."""
    check_full(*run_full(tmp_path))


def test_a_full_disk_is_drained_once_and_in_order(tmp_path):
    """Though nothing can be deleted on it."""
    shown, _ = run_full(tmp_path, "drain")
    kept = next(line for line in shown.stdout.splitlines() if line[0].isdigit()).split()[0]
    assert shown.stdout.endswith(f"\n{kept} 0 True\n")


def test_a_file_that_may_not_grow(tmp_path):
    """A quota: the system says EFBIG or EDQUOT, and SQLite that I/O has failed."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    check_full(
        run(FILL, tmp_path, prefix=["/usr/bin/env", "PYTHONUNBUFFERED=1"], preexec_fn=limit),
        tmp_path,
    )


class AgainstAModel(RuleBasedStateMachine):
    """A list does the same, and more slowly than nothing at all."""

    @initialize()
    def start(self):
        self.folder = tempfile.TemporaryDirectory()
        self.board = Board(self.folder.name)
        self.beats = []  # time, body
        self.dropped = 0

    def teardown(self):
        self.board.spool.close()
        assert self.board.log.texts == []
        self.folder.cleanup()

    @rule(size=st.one_of(st.integers(0, 3_000), st.integers(0, LIMIT_BYTES - ROW_BYTES)))
    def add(self, size):
        body = bytes([len(self.beats) % 256]) * size
        assert self.board.add(body)
        self.beats.append((self.board.now_s, body))
        while sum(len(body) + ROW_BYTES for _, body in self.beats) > LIMIT_BYTES:
            self.beats.pop(0)
            self.dropped += 1

    @precondition(lambda self: self.beats)
    @rule()
    def deliver(self):
        number, at_s, body = self.board.spool.first()
        assert (at_s, body) == self.beats.pop(0)
        self.board.spool.remove(number)

    @rule(duration_s=st.sampled_from([1.0, 3_600.0, DAY_S]))
    def wait(self, duration_s):
        self.board.wait(duration_s)

    @rule()
    def expire(self):
        old = 0
        while self.beats and self.beats[0][0] < self.board.now_s - DAY_S:
            self.beats.pop(0)
            old += 1
        assert self.board.expire() == old
        self.dropped += old

    @rule()
    def restart(self):
        self.board.spool.close()
        self.board.boot()

    @rule()
    def cut(self):
        self.board.cut()

    @invariant()
    def same(self):
        spool = self.board.spool
        assert spool.depth == len(self.beats)
        assert spool.size_bytes == sum(len(body) for _, body in self.beats)
        assert spool.dropped == self.dropped


AgainstAModel.TestCase.settings = settings(max_examples=40, stateful_step_count=40)
TestAgainstAModel = AgainstAModel.TestCase
