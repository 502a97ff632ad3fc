"""Connections that are kept, and when they are not."""

from __future__ import annotations

import ctypes
import io
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from edgemote import limits
from edgemote.errors import (
    ConnectionClosedError,
    ReadTimeoutError,
)
from edgemote.http import connection
from edgemote.http.connection import NoResponseError
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from runtime.http_peer import Peer, Wire, echo
from runtime.transport.exchanges import (
    MIB,
    head,
    lose_patience,
    wait_readable,
)


def test_connection_is_kept(server, connect):
    with Peer(echo, server) as peer:
        transport = connect(peer)
        for body in (b"", b"one", b"x" * limits.SEND_BYTES, b"y" * MIB, b"z"):
            answer = transport.exchange(head(len(body)), body)
            assert (answer.status, answer.body) == (200, body)
        assert transport.exchange(head(), None).body == b""
        assert peer.accepted == 1
        transport.close()


def test_context_is_made_once_and_late(contexts, ca_file):
    made = []

    def tls() -> ssl.SSLContext:
        made.append(1)
        return client_context(ca_file)

    with Peer(lambda wire: wire.answer() if wire.read_head() else None, contexts["tls1.3"]) as peer:
        transport = Transport(peer.origin, tls=tls)
        assert not made
        for _ in range(2):
            transport.exchange(head())
            wait_readable(transport)
        assert len(made) == 1
        assert peer.accepted == 2
        transport.close()


@pytest.mark.parametrize("ending", ["finish", "reset"])
def test_kept_connection_that_ended_is_replaced(server, connect, ending):
    go = threading.Semaphore(0)

    def once(wire: Wire) -> None:
        wire.read_request()
        wire.answer(b"a")
        go.acquire(timeout=60)
        getattr(wire, ending)()

    with Peer(once, server) as peer:
        transport = connect(peer)
        for count in (1, 2, 3):
            assert transport.exchange(head(1), b"q").body == b"a"
            assert peer.accepted == count
            go.release()
            wait_readable(transport)


@pytest.mark.parametrize("ending", ["finish", "reset"])
@pytest.mark.parametrize("kind", ["bytes", "file", "big", "iterable"])
def test_request_that_died_unanswered_is_not_sent_again(server, connect, ending, kind):
    """The peer read it: whether it may be done twice is for the retry rules to say."""
    seen = []

    def second_unanswered(wire: Wire) -> None:
        while True:
            request, body = wire.read_request()
            if not request:
                return None
            seen.append(body)
            if len(seen) == 2:
                return getattr(wire, ending)()
            wire.answer(b"a")

    content = b"q" * (MIB if kind == "big" else 3)
    body = {"file": io.BytesIO(content), "iterable": iter([content])}.get(kind, content)
    with Peer(second_unanswered, server) as peer:
        transport = connect(peer)
        transport.exchange(head())
        with pytest.raises(NoResponseError):
            transport.exchange(head(len(content)), body)
        assert seen == [b"", content]
        assert peer.accepted == 1
        assert transport.exchange(head()).body == b"a"
        assert peer.accepted == 2
        transport.close()


def test_answer_that_began_is_not_asked_for_again(server, connect):
    def interim_then_end(wire: Wire) -> None:
        wire.read_request()
        wire.answer()
        wire.read_request()
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        wire.finish()

    with Peer(interim_then_end, server) as peer:
        transport = connect(peer)
        transport.exchange(head())
        with pytest.raises(ConnectionClosedError) as caught:
            transport.exchange(head())
        assert not isinstance(caught.value, NoResponseError)
        assert peer.accepted == 1


def test_session_tickets_do_not_end_a_kept_connection(contexts, connect):
    with Peer(echo, contexts["tls1.3"]) as peer:
        transport = connect(peer)
        # Connected and not yet read from: the tickets lie in the socket, so it is readable.
        transport._keep(transport._connect(), True)
        wait_readable(transport)
        assert transport.exchange(head(1), b"a").body == b"a"
        assert peer.accepted == 1
        transport.close()


@pytest.fixture
def sleep(monkeypatch):
    """Let so many seconds go by on the clock that counts suspend, which stands still else."""
    slept = [1000.0]
    monkeypatch.setattr(time, "clock_gettime", lambda _: slept[0])
    return lambda seconds: slept.__setitem__(0, slept[0] + seconds)


@pytest.mark.parametrize(
    ("options", "slept_s", "accepted"),
    [
        ({}, limits.KEPT_IDLE_S - 60, 1),
        ({}, limits.KEPT_IDLE_S + 1, 2),
        ({}, 8 * 3600, 2),
        ({"kept_idle_s": 20}, 21, 2),
        ({"kept_idle_s": 4000}, 3600, 1),
    ],
)
def test_connection_that_lay_idle_too_long_is_replaced(
    server, connect, sleep, options, slept_s, accepted
):
    with Peer(echo, server) as peer:
        transport = connect(peer, **options)
        transport.exchange(head())
        sleep(slept_s)
        transport.exchange(head())
        assert peer.accepted == accepted
        transport.close()


def go_deaf(sock: socket.socket) -> None:
    """Let nothing that comes reach the socket, nor be acknowledged, as a router that forgot it."""
    # One instruction of the kernel's packet filter: take 0 bytes of each packet.
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    program = struct.pack("HL", 1, ctypes.addressof(instruction))
    sock.setsockopt(socket.SOL_SOCKET, 26, program)  # SO_ATTACH_FILTER


@pytest.mark.slow
def test_connection_that_was_forgotten_is_given_up_early_and_used_less_long(
    server, connect, sleep, monkeypatch
):
    monkeypatch.setattr(limits, "UNACKNOWLEDGED_S", 0.3)
    deaf, over = threading.Semaphore(0), threading.Event()

    def forgotten(wire: Wire) -> None:
        assert wire.read_request()[0]
        wire.answer()
        go_deaf(wire.sock)
        deaf.release()
        over.wait(60)

    with Peer(forgotten, server) as peer:
        transport = connect(peer, read_timeout_s=600)
        for limit_s, idle_s in ((240, 200), (100, 80), (40, 15), (10, 0)):
            assert transport._kept_idle_s == limit_s
            transport.exchange(head())
            assert deaf.acquire(timeout=60)  # else the request may be acknowledged
            if idle_s:
                sleep(idle_s)
                with pytest.raises(NoResponseError, match="connection lost before the response"):
                    transport.exchange(head())
        assert peer.accepted == 4
        transport.close()
        over.set()


def test_silence_on_a_connection_that_lay_idle_makes_the_next_ones_shorter(connect, sleep):
    over = threading.Event()

    def once(wire: Wire) -> None:
        wire.read_request()
        wire.answer()
        wire.read_request()
        over.wait(60)

    with Peer(once) as peer:
        transport = connect(peer)
        for idle_s, limit_s in ((1, limits.KEPT_IDLE_S), (100, 50)):
            transport.exchange(head())
            lose_patience(transport._kept)
            sleep(idle_s)
            with pytest.raises(ReadTimeoutError):
                transport.exchange(head())
            assert transport._kept_idle_s == limit_s
        over.set()


@pytest.mark.slow
@pytest.mark.parametrize("server", ["tcp", "tls1.3"], indirect=True)
def test_forgetting_that_keep_alive_found_costs_nothing(server, connect, monkeypatch):
    options = [(*row[:2], 1) for row in connection._OPTIONS]
    monkeypatch.setattr(connection, "_OPTIONS", options)
    deaf, over = threading.Event(), threading.Event()

    def forgotten(wire: Wire) -> None:
        assert wire.read_request()[0]
        wire.answer()
        if peer.accepted == 1:
            go_deaf(wire.sock)
            deaf.set()
            over.wait(60)

    with Peer(forgotten, server) as peer:
        transport = connect(peer, read_timeout_s=600)
        transport.exchange(head())
        assert deaf.wait(30)
        end = time.monotonic() + 60
        while (sock := transport._take_kept()) is not None and time.monotonic() < end:
            transport._keep(sock, True)
            time.sleep(0.05)
        assert sock is None
        assert transport.exchange(head()).status == 200
        over.set()


@pytest.mark.parametrize("size", [1, 4 * MIB])
def test_a_slow_server_is_not_taken_for_one_that_is_gone(server, connect, sleep, monkeypatch, size):
    monkeypatch.setattr(limits, "UNACKNOWLEDGED_S", 0.2)

    def slow(wire: Wire) -> None:
        for _ in range(2):
            time.sleep(0.5)
            _, body = wire.read_request()
            wire.answer(b"%d" % len(body))

    with Peer(slow, server) as peer:
        transport = connect(peer, read_timeout_s=60)
        for _ in range(2):
            assert transport.exchange(head(size), b"x" * size).body == b"%d" % size
            sleep(100)
        assert peer.accepted == 1
        transport.close()


@pytest.mark.parametrize("late", [False, True])
def test_bytes_after_an_answer_end_the_connection(server, connect, late):
    go = threading.Event()

    def talkative(wire: Wire) -> None:
        wire.read_request()
        wire.answer(b"a", more=b"")
        if late:
            go.wait(60)
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
        wire.read_head()

    with Peer(talkative, server) as peer:
        transport = connect(peer)
        assert transport.exchange(head()).body == b"a"
        go.set()
        if transport._kept is not None:
            wait_readable(transport)
        assert transport.exchange(head()).body == b"a"
        assert peer.accepted == 2
        transport.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na",
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"1\r\na\r\n0\r\n\r\n",
    ],
)
def test_connection_is_closed_when_it_must(server, connect, answer):
    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(answer)
        assert wire.read_head() == b""

    with Peer(talk, server) as peer:
        transport = connect(peer)
        for count in (1, 2):
            assert transport.exchange(head()).body == b"a"
            assert transport._kept is None
            assert peer.accepted == count


def test_close_and_go_on(server, connect):
    with Peer(echo, server) as peer:
        transport = connect(peer)
        transport.close()
        for count in (1, 2):
            assert transport.exchange(head(1), b"a").body == b"a"
            assert peer.accepted == count
            transport.close()
            transport.close()


def test_usual_call_loads_little(contexts, ca_file):
    """No codec for international names, nothing for streams and proxies, no heavy modules."""
    script = """
import sys
from edgemote.http.http1 import request_head
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
transport = Transport(sys.argv[1], tls=lambda: client_context(sys.argv[2]))
head = request_head("POST", "/", {"Host": "a", "Content-Length": "2"})
for _ in range(2):
    assert transport.exchange(head, b"{}").body == b"{}"
transport.close()
print(*sys.modules)
"""
    root = Path(__file__).parents[3]
    with Peer(echo, contexts["tls1.3"]) as peer:
        run = subprocess.run(
            [sys.executable, "-c", script, peer.origin, ca_file],
            env={"PYTHONPATH": f"{root / 'runtime'}:{root / 'generated'}"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert peer.accepted == 1
    unwanted = {
        "encodings.idna",
        "edgemote.http.body",
        "edgemote.http.pace",
        "edgemote.http.streaming",
        "edgemote.http.proxy",
        "http.client",
        "email",
        *("socket", "ssl", "selectors"),
    }
    assert not set(run.stdout.split()) & unwanted
