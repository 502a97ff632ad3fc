"""The service manager's socket, real; systemd's own library and command are the judges."""

import contextlib
import ctypes
import ctypes.util
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from edgemote.agent import limits
from edgemote.agent.systemd import Notifier

libsystemd = ctypes.util.find_library("systemd")
needs_libsystemd = pytest.mark.skipif(not libsystemd, reason="needs libsystemd")


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    """The manager's end of the socket, and its name."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@edgemote-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        end.setblocking(False)
        yield end, name


def messages(end):
    found = []
    with contextlib.suppress(BlockingIOError):
        while True:
            found.append(end.recv(65_536).decode())
    return found


def test_what_happens_is_told(manager):
    end, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready("registered")
    notifier.status("registered")
    notifier.status("beating")
    before = time.monotonic_ns() // 1_000
    notifier.reloading()
    after = time.monotonic_ns() // 1_000
    notifier.ready("beating")
    notifier.stopping()
    [ready, status, reloading, again, stopping] = messages(end)
    assert ready == "READY=1\nSTATUS=registered"
    assert status == "STATUS=beating"
    start, _, microseconds = reloading.rpartition("=")
    assert start == "RELOADING=1\nMONOTONIC_USEC"
    assert before <= int(microseconds) <= after
    assert again == "READY=1\nSTATUS=beating"
    assert stopping == "STOPPING=1\nSTATUS=stopping"


def test_a_status_cannot_say_anything_else(manager):
    end, name = manager
    Notifier({"NOTIFY_SOCKET": name}).status("beating\nMAINPID=1\n" + "x" * 5_000)
    [message] = messages(end)
    assert message.startswith("STATUS=beating\\nMAINPID=1\\nxxx")
    assert "\n" not in message
    assert len(message) <= len("STATUS=") + 2 * limits.STATUS_CHARS


def test_the_watchdog_hears_at_half_its_time(manager):
    end, name = manager
    notifier = Notifier(
        {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}
    )
    assert notifier.keepalive_s == 15.0
    notifier.keepalive()
    notifier.keepalive()
    assert messages(end) == ["WATCHDOG=1"]


def test_the_watchdog_hears_again_after_a_while(manager):
    end, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "2000"})
    notifier.keepalive()
    until = time.monotonic() + notifier.keepalive_s
    while time.monotonic() < until:
        pass
    notifier.keepalive()
    assert messages(end) == ["WATCHDOG=1"] * 2


UNWATCHED = [
    {},
    {"WATCHDOG_USEC": "0"},
    {"WATCHDOG_USEC": ""},
    {"WATCHDOG_USEC": "-5"},
    {"WATCHDOG_USEC": "soon"},
    {"WATCHDOG_USEC": "9" * 5_000},
    {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"},
]


@pytest.mark.parametrize("environ", UNWATCHED, ids=range(len(UNWATCHED)))
def test_without_a_watchdog_there_is_no_keepalive(manager, environ):
    end, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name, **environ})
    assert notifier.keepalive_s == float("inf")
    notifier.keepalive()
    assert messages(end) == []


@needs_libsystemd
@pytest.mark.parametrize(
    "environ",
    [
        {"WATCHDOG_USEC": "30000000"},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"},
        {},
    ],
)
def test_libsystemd_agrees_on_the_watchdog(monkeypatch, environ):
    for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
        if name in environ:
            # Not os.environ alone: the library reads the C environment.
            monkeypatch.setenv(name, environ[name])
    period = ctypes.c_uint64(0)
    watched = ctypes.CDLL(libsystemd).sd_watchdog_enabled(0, ctypes.byref(period)) > 0
    notifier = Notifier({"NOTIFY_SOCKET": "/run/nowhere", **environ})
    assert notifier.keepalive_s == (period.value / 2e6 if watched else float("inf"))


@needs_libsystemd
def test_libsystemd_sends_the_same(monkeypatch, manager):
    end, name = manager
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    library = ctypes.CDLL(libsystemd)
    notifier = Notifier(os.environ)
    for state, say in {
        "READY=1\nSTATUS=on": lambda: notifier.ready("on"),
        "STATUS=off": lambda: notifier.status("off"),
        "STOPPING=1\nSTATUS=stopping": notifier.stopping,
    }.items():
        assert library.sd_notify(0, state.encode()) > 0
        say()
        theirs, ours = messages(end)
        assert ours == theirs


@pytest.mark.skipif(not shutil.which("systemd-notify"), reason="needs systemd-notify")
def test_systemd_notify_sends_the_same(manager):
    end, name = manager
    subprocess.run(
        ["systemd-notify", "--no-block", "--ready", "--status=on"],
        env={"NOTIFY_SOCKET": name},
        check=True,
    )
    Notifier({"NOTIFY_SOCKET": name}).ready("on")
    theirs, ours = messages(end)
    # The command tells the process too for which it speaks.
    assert set(ours.split("\n")) <= set(theirs.split("\n"))


@pytest.mark.parametrize("name", [None, "", "relative", "vsock:2:1234", "@"])
def test_without_a_manager_nothing_is_said(name):
    notifier = Notifier(
        {"WATCHDOG_USEC": "2000", **({} if name is None else {"NOTIFY_SOCKET": name})}
    )
    notifier.ready("on")
    notifier.keepalive()
    notifier.stopping()


def test_without_a_manager_nothing_is_imported():
    code = (
        "import sys\nfrom edgemote.agent.systemd import Notifier\n"
        "notifier = Notifier({})\nnotifier.ready('on')\nnotifier.keepalive()\n"
        "assert '_socket' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_a_manager_that_is_gone_stops_nothing(tmp_path):
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": "2000"})
    notifier.ready("on")
    notifier.keepalive()
    notifier.stopping()


def test_what_was_not_delivered_is_said_again(tmp_path):
    path = str(tmp_path / "notify")
    notifier = Notifier({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3600000000"})
    notifier.status("on")
    notifier.keepalive()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(path)
        end.setblocking(False)
        notifier.status("on")
        notifier.keepalive()
        assert messages(end) == ["STATUS=on", "WATCHDOG=1"]


def test_a_manager_that_does_not_read_holds_nobody(manager):
    end, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "3600000000"})
    number = 0
    while notifier._status == (str(number) if number else ""):  # until it is full
        number += 1
        assert number < 2_000, "the socket took everything"
        notifier.status(str(number))
    limit_s = time.monotonic() + 30.0  # which each of many waits of a second would exceed
    for _ in range(60):
        notifier.keepalive()  # is not taken, and so is said again
        assert time.monotonic() < limit_s
    while messages(end):
        pass
    notifier.keepalive()
    assert messages(end) == ["WATCHDOG=1"]
