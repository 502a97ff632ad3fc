"""Log lines on real descriptors: pipes, sockets, files, closed ones."""

import fcntl
import os
import socket
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent import limits
from edgemote.agent.log import LEVELS, STDERR, Log, one_line


class Steady:
    """A clock under the test's control."""

    def __init__(self):
        self.now_s = 1_000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with open(writer, "wb", buffering=0), open(reader, "rb", buffering=0):
        yield reader, writer


def read_lines(reader):
    try:
        return os.read(reader, 1_000_000).decode().splitlines()
    except BlockingIOError:
        return []


@pytest.mark.parametrize("level", LEVELS)
def test_lines_from_the_level_up_are_written(pipe, level):
    reader, writer = pipe
    log = Log(level, fd=writer, environ={})
    for name in LEVELS:
        getattr(log, name)(f"this is {name}")
    names = list(LEVELS)
    assert read_lines(reader) == [
        f"{name.upper()} this is {name}" for name in names[: names.index(level) + 1]
    ]


def test_the_level_can_be_changed(pipe):
    reader, writer = pipe
    log = Log("error", fd=writer, environ={})
    log.info("one")
    log.set_level("info")
    log.info("two")
    assert read_lines(reader) == ["INFO two"]


def test_in_the_journal_levels_are_numbers():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        status = os.fstat(ours.fileno())
        environ = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        log = Log("debug", fd=ours.fileno(), environ=environ)
        for name in LEVELS:
            getattr(log, name)(name)
        assert theirs.recv(1_000) == b"<3>error\n<4>warning\n<6>info\n<7>debug\n"


def test_another_stream_than_the_journals_gets_names(pipe):
    reader, writer = pipe
    Log(fd=writer, environ={"JOURNAL_STREAM": "1:2"}).error("gone")
    assert read_lines(reader) == ["ERROR gone"]


@given(st.text(max_size=3_000))
def test_a_message_is_one_line_of_bounded_length(text):
    reader, writer = os.pipe()
    try:
        Log(fd=writer, environ={}).error(text)
        data = os.read(reader, 100_000)
    finally:
        os.close(reader)
        os.close(writer)
    assert data.endswith(b"\n")
    line = data[:-1].decode()
    assert line.isprintable()
    assert len(line) <= len("ERROR ") + 10 * (limits.LOG_LINE_CHARS + 3)
    if text.isprintable() and len(text) <= limits.LOG_LINE_CHARS:
        assert line == f"ERROR {text}"


def test_control_characters_are_shown():
    assert one_line("a\nb\x1b[31m\u202e\ud800", 100) == "a\\nb\\x1b[31m\\u202e\\ud800"
    assert one_line("abcdef", 3) == "abc..."


# Repeats.


def test_a_line_of_the_last_hour_is_counted_and_then_written_with_the_count(pipe):
    reader, writer = pipe
    steady = Steady()
    log = Log(fd=writer, environ={}, steady_s=steady)
    for _ in range(3):
        log.warning("link: no route")
        log.warning("link: refused")
    assert read_lines(reader) == ["WARNING link: no route", "WARNING link: refused"]
    steady.now_s += limits.LOG_REPEAT_S
    log.warning("link: no route")
    assert read_lines(reader) == ["WARNING link: no route (2 more like this)"]
    steady.now_s += limits.LOG_REPEAT_S
    log.warning("link: no route")
    assert read_lines(reader) == ["WARNING link: no route"]


def test_at_level_debug_every_line_is_written(pipe):
    reader, writer = pipe
    log = Log("debug", fd=writer, environ={})
    log.info("same")
    log.info("same")
    assert read_lines(reader) == ["INFO same"] * 2


def test_a_month_of_different_lines_takes_no_memory(pipe):
    _, writer = pipe
    log = Log(fd=writer, environ={})
    for number in range(10 * limits.LOG_REPEAT_LINES):
        log.info(number)
    assert len(log._recent) <= limits.LOG_REPEAT_LINES


# A descriptor that does not take it.


def test_a_reader_that_is_gone_costs_the_line():
    reader, writer = os.pipe()
    os.close(reader)
    Log(fd=writer, environ={}).error("lost")
    os.close(writer)


def test_a_closed_descriptor_costs_the_line():
    reader, writer = os.pipe()
    os.close(reader)
    os.close(writer)
    Log(fd=writer, environ={"JOURNAL_STREAM": "1:2"}).error("lost")


def test_a_pipe_that_nobody_reads_costs_lines_and_no_time(pipe):
    reader, writer = pipe
    log = Log("debug", fd=writer, environ={})
    for number in range(200):
        log.info(f"{number} " + "x" * 1_000)
    lines = read_lines(reader)
    assert 10 < len(lines) < 200
    assert all(line.endswith("x" * 1_000) for line in lines)
    log.info("read again")
    assert read_lines(reader) == ["INFO read again"]


def test_a_line_that_was_not_written_is_not_counted_as_written(pipe):
    reader, writer = pipe
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4_096)
    os.write(writer, b"x" * 4_096)
    log = Log(fd=writer, environ={})
    log.error("no room")
    read_lines(reader)
    log.error("no room")
    assert read_lines(reader) == ["ERROR no room"]


def test_a_full_disk_costs_the_line():
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        Log(fd=full, environ={}).error("lost")
    finally:
        os.close(full)


def test_a_line_that_was_cut_does_not_swallow_the_next(tmp_path):
    # A limit of the file's size cuts a write as a disk does that is full in the middle of it.
    path = tmp_path / "log"
    code = (
        "import os, resource, signal, sys\n"
        "from edgemote.agent.log import Log\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)\n"
        "log = Log(fd=fd, environ={})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))\n"
        "log.error('cut somewhere here')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))\n"
        "log.error('whole')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(path)],
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert path.read_text() == "ERROR cut \nERROR whole\n"


def test_standard_error_is_where_it_goes():
    code = "from edgemote.agent.log import Log\nLog().warning('here')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stdout, done.stderr) == ("", "WARNING here\n")
    assert STDERR == 2
