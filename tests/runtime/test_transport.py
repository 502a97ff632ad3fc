"""The transport against real peers: TCP and TLS sockets on this machine, no doubles."""

from __future__ import annotations

import ctypes
import hashlib
import io
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import trustme

from edgemote import limits
from edgemote.errors import (
    ConfigError,
    ConnectError,
    ConnectionClosedError,
    ProtocolError,
    ReadTimeoutError,
)
from edgemote.http import Deadline, connection, parse_origin, sockets
from edgemote.http.body import Body
from edgemote.http.connection import NoResponseError
from edgemote.http.http1 import request_head
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport

from .http_peer import Peer, Wire

MIB = 1024 * 1024
SECRET = "AKIA-not-for-the-log"


def head(length: int | None = 0, method: str = "POST") -> bytes:
    framing = (
        {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": f"{length}"}
    )
    return request_head(method, f"/x?{SECRET}", {"Host": "h", "Authorization": SECRET} | framing)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def server_context(
    authority: trustme.CA, version: ssl.TLSVersion, *names: str, **more: datetime
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    authority.issue_cert(*(names or ("127.0.0.1", "::1")), **more).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def contexts(authority: trustme.CA) -> dict[str, ssl.SSLContext | None]:
    return {
        "tcp": None,
        "tls1.2": server_context(authority, ssl.TLSVersion.TLSv1_2),
        "tls1.3": server_context(authority, ssl.TLSVersion.TLSv1_3),
    }


@pytest.fixture(params=["tcp", "tls1.2", "tls1.3"])
def server(request, contexts) -> ssl.SSLContext | None:
    return contexts[request.param]


@pytest.fixture
def connect(ca_file):
    """Make transports with short times; close what they keep."""
    made: list[Transport] = []

    def make(peer: Peer | str, **options: object) -> Transport:
        origin = peer if isinstance(peer, str) else peer.origin
        times = {"connect_timeout_s": 5, "read_timeout_s": 5, "response_timeout_s": 10}
        transport = Transport(origin, tls=lambda: client_context(ca_file), **{**times, **options})
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()


def echo(wire: Wire) -> None:
    """Answer each request with its body."""
    while True:
        request, body = wire.read_request()
        if not request:
            return
        wire.answer(body)


def wait_readable(transport: Transport) -> None:
    """Until what the server did has come through the loopback."""
    import select

    poll = select.poll()
    poll.register(transport._kept.sock, select.POLLIN)
    assert poll.poll(5000)


# Kept connections


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
        go.acquire(timeout=5)
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
        transport = connect(peer, read_timeout_s=0.2)
        for idle_s, limit_s in ((1, limits.KEPT_IDLE_S), (100, 50)):
            transport.exchange(head())
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
            go.wait(5)
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


# What an answer can be


@pytest.mark.parametrize("pause", [False, True])
@pytest.mark.parametrize(
    ("method", "answer", "expected"),
    [
        (
            "POST",
            [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n"],
            (204, b""),
        ),
        (
            "POST",
            [
                b"HTTP/1.1 103 Hi\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nCont",
                b"ent-Length: 2\r\n\r\nab",
            ],
            (200, b"ab"),
        ),
        ("HEAD", [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"], (200, b"")),
        (
            "GET",
            [
                b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n",
                b"ab\r\n0\r\nx: 1\r\n\r\n",
            ],
            (500, b"ab"),
        ),
    ],
)
def test_answers(server, connect, method, answer, expected, pause):
    def talk(wire: Wire) -> None:
        while wire.read_request()[0]:
            for piece in answer:
                wire.send(piece)
                if pause:
                    time.sleep(0.01)

    with Peer(talk, server) as peer:
        transport = connect(peer)
        for stream in (False, True, False):
            got = transport.exchange(head(0, method), method=method, stream=stream)
            body = got.body.read() if stream else got.body
            assert (got.status, body) == expected
        assert peer.accepted == 1
        transport.close()


def test_body_to_the_end_of_the_connection(server, connect):
    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        wire.finish()

    with Peer(talk, server) as peer:
        transport = connect(peer)
        assert transport.exchange(head()).body == b"all of it"
        assert transport.exchange(head(), stream=True).body.read() == b"all of it"


# Whoever can cut TCP could otherwise cut such a body unnoticed.
def test_body_to_the_end_needs_the_closing_message_of_tls(contexts, connect):
    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(b"HTTP/1.1 200 OK\r\n\r\nall of it?")
        socket.socket(fileno=wire.sock.detach()).close()

    with Peer(talk, contexts["tls1.3"]) as peer:
        check_failure(connect(peer), ConnectionClosedError, "without close_notify")


def test_waiting_for_a_body(server, connect):
    """It tells what can be read without waiting, OpenSSL's own buffer included, and the end."""
    go_on = threading.Event()

    def script(wire: Wire) -> None:
        wire.read_request()
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n")
        assert go_on.wait(10)
        wire.send(b"x" * 40_000)

    with Peer(script, server) as peer:
        body = connect(peer).exchange(head(), stream=True).body
        assert not body.wait(0)
        assert not body.wait(0.01)
        go_on.set()
        chunks = iter(body)
        got = 0
        while got < 40_000:
            assert body.wait(10)
            got += len(next(chunks))
        assert body.wait(0)  # for the end
        assert next(chunks, b"") == b""


def test_body_limit(server, connect):
    with Peer(echo, server) as peer:
        transport = connect(peer, body_limit_bytes=1000)
        assert len(transport.exchange(head(1000), b"x" * 1000).body) == 1000
        with pytest.raises(ProtocolError, match="limit"):
            transport.exchange(head(1001), b"x" * 1001)
        body = transport.exchange(head(1001), b"x" * 1001, stream=True).body
        with pytest.raises(ProtocolError, match="1000 bytes"):
            body.read()
        body = transport.exchange(head(1001), b"x" * 1001, stream=True).body
        assert len(body.read(1001)) == 1001
        transport.close()


# Failures: each is one of four errors, names the peer and nothing of the request, and leaves no
# connection behind.


def check_failure(transport: Transport, error: type[Exception], words: str, **options) -> Exception:
    with pytest.raises(error, match=words) as caught:
        transport.exchange(head(), **options)
    text = str(caught.value)
    assert text.startswith(f"{transport.peer}: ")
    assert SECRET not in text
    assert "Content" not in text
    assert transport._kept is None
    return caught.value


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("ending", ["finish", "reset", "close"])
@pytest.mark.parametrize("sent", [b"", b"HT", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"])
def test_closed_before_the_end_of_the_head(server, connect, sent, ending, stream):
    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(sent)
        wire.sock.close() if ending == "close" else getattr(wire, ending)()

    with Peer(talk, server) as peer:
        error = check_failure(connect(peer), ConnectionClosedError, "respon[ds]e", stream=stream)
        if ending == "finish":
            assert isinstance(error, NoResponseError) == (not sent)


@pytest.mark.parametrize("ending", ["finish", "reset"])
@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n",
    ],
)
def test_closed_in_the_middle_of_the_body(server, connect, sent, ending):
    go = threading.Event()

    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(sent)
        go.wait(5)
        getattr(wire, ending)()

    with Peer(talk, server) as peer:
        transport = connect(peer)
        body = transport.exchange(head(), stream=True).body
        assert body.read(5) == b"12345"
        go.set()
        for _ in range(2):
            with pytest.raises(ConnectionClosedError, match=transport.peer):
                body.read(1)
        check_failure(transport, ConnectionClosedError, "respon[ds]e")


def test_garbage(server, connect):
    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(b"SSH-2.0-OpenSSH_9.6 Content\r\n")
        wire.read_head()

    with Peer(talk, server) as peer:
        check_failure(connect(peer), ProtocolError, "does not speak HTTP")
        check_failure(connect(peer), ProtocolError, "does not speak HTTP", stream=True)


def test_head_without_end(server, connect):
    def talk(wire: Wire) -> None:
        wire.read_request()
        try:
            wire.send(b"HTTP/1.1 200 OK\r\n")
            while True:
                wire.send(b"a: b\r\n" * 1000)
        except OSError:
            pass

    with Peer(talk, server) as peer:
        check_failure(connect(peer), ProtocolError, "HEAD_BYTES")


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"])
@pytest.mark.parametrize("stream", [False, True])
def test_silent_peer(server, connect, sent, stream):
    def talk(wire: Wire) -> None:
        wire.read_request()
        wire.send(sent)
        wire.read_head()

    with Peer(talk, server) as peer:
        transport = connect(peer, read_timeout_s=0.2)
        if sent and stream:
            body = transport.exchange(head(), stream=True).body
            with pytest.raises(ReadTimeoutError, match=r"silent for 0\.2 s"):
                body.read()
        else:
            check_failure(transport, ReadTimeoutError, r"silent for 0\.2 s", stream=stream)
        assert peer.accepted == 1


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"]
)
@pytest.mark.parametrize("server", ["tcp", "tls1.3"], indirect=True)
@pytest.mark.parametrize("stream", [False, True])
def test_dripping_peer_hits_the_total_bound(server, connect, start, stream):
    def talk(wire: Wire) -> None:
        wire.read_request()
        try:
            wire.send(start)
            while True:
                time.sleep(0.04)
                wire.send(b"x")
        except OSError:
            pass

    with Peer(talk, server) as peer:
        transport = connect(peer, read_timeout_s=5, response_timeout_s=0.2)
        if start.endswith(b"\r\n\r\n") and stream:
            body = transport.exchange(head(), stream=True).body
            with pytest.raises(ReadTimeoutError, match="SLOWEST_BYTES_PER_S"):
                body.read()
        else:
            check_failure(transport, ReadTimeoutError, ": ", stream=stream)


def test_connection_survives_an_answer_near_the_bound(server, connect):
    def talk(wire: Wire) -> None:
        while wire.read_request()[0]:
            wire.send(b"HTTP/1.1 200 OK\r\nContent-")
            time.sleep(0.05)
            wire.send(b"Length: 0\r\n\r\n")

    with Peer(talk, server) as peer:
        transport = connect(peer, read_timeout_s=5, response_timeout_s=4)
        for _ in range(2):
            assert transport.exchange(head()).status == 200
            assert transport._kept.sock.gettimeout() == 5
        assert peer.accepted == 1
        transport.close()


STALLS = {
    "before the response": b"",
    "in its head": b"HTTP/1.1 200 OK\r\nContent-",
    "in its body": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("begun", STALLS.values(), ids=STALLS)
def test_a_deadline_ends_every_wait(server, connect, begun, stream):
    """The transport's own limits would let each of these hang for a minute."""

    def talk(wire):
        while wire.read_request()[0]:
            if patient:
                wire.answer()
            else:
                wire.send(begun)

    deadline, patient = Deadline(), True
    with Peer(talk, server) as peer:
        transport = connect(peer, deadline=deadline)
        assert transport.exchange(head()).status == 200
        patient = False
        deadline.at_s = time.monotonic() + 0.2
        with pytest.raises(ReadTimeoutError):
            transport.exchange(head(), stream=stream).body.read()
        transport.close()


def test_a_deadline_ends_connecting(connect):
    deadline = Deadline()
    deadline.at_s = time.monotonic() + 0.2
    with Peer(lambda wire: wire.read(10**6) and None) as peer:
        transport = connect(peer.origin.replace("http:", "https:"), deadline=deadline)
        check_failure(transport, ConnectError, "no connection within")


def test_after_a_deadline_the_next_exchange_has_its_own_time(server, connect):
    def talk(wire):
        while wire.read_request()[0]:
            time.sleep(0.2)
            wire.answer()

    deadline = Deadline()
    with Peer(talk, server) as peer:
        transport = connect(peer, deadline=deadline)
        for left_s in (5, None, 5):
            deadline.at_s = None if left_s is None else time.monotonic() + left_s
            assert transport.exchange(head()).status == 200
        deadline.at_s = time.monotonic() + 0.05
        with pytest.raises(ReadTimeoutError):
            transport.exchange(head())
        deadline.at_s = None
        assert transport.exchange(head()).status == 200
        transport.close()


class Meter:
    """Adds up what it is told."""

    def __init__(self):
        self.counts = {"connected": 0, "sent": 0, "received": 0}

    def connected(self):
        self.counts["connected"] += 1

    def sent(self, size):
        self.counts["sent"] += size

    def received(self, size):
        self.counts["received"] += size


@pytest.mark.parametrize("stream", [False, True])
def test_a_meter_hears_of_every_byte(server, connect, stream):
    meter, body = Meter(), b"x" * 100_000

    def talk(wire):
        while wire.read_request()[0]:
            wire.answer(body)

    with Peer(talk, server) as peer:
        transport = connect(peer, meter=meter)
        for upload in (b"", b"y" * 50_000, io.BytesIO(b"z" * 50_000)):
            size = 0 if upload == b"" else 50_000
            answer = transport.exchange(head(size), upload, stream=stream)
            assert (answer.body.read() if stream else answer.body) == body
        transport.close()
    heads = len(head(0)) + 2 * len(head(50_000))
    assert meter.counts["sent"] == heads + 100_000
    answered = len(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n") + len(body)
    assert meter.counts["received"] == 3 * answered
    assert meter.counts["connected"] == peer.accepted == 1


def test_connect_refused(connect):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    check_failure(connect(f"https://127.0.0.1:{port}"), ConnectError, "refused")


@contextmanager
def deaf_listener():
    """A port of 127.0.0.1 whose queue is full: it drops what comes, and nobody answers."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()[1]


def test_connect_timeout(connect):
    with deaf_listener() as port:
        transport = connect(f"http://127.0.0.1:{port}", connect_timeout_s=0.3)
        check_failure(transport, ConnectError, r"no connection within 0\.3 s")


@pytest.mark.parametrize("dead", ["silent", "refused"])
def test_a_dead_first_address_delays_one_connection_a_little(connect, monkeypatch, dead):
    """The name's answer is made up; the addresses are real."""
    begun = []
    make = sockets.Socket

    class Watched(make):
        def connect_ex(self, address):
            begun.append(address[0])
            return super().connect_ex(address)

    with deaf_listener() as port, socket.create_server(("127.0.0.2", port)) as listener:
        first = "127.0.0.1" if dead == "silent" else "127.0.0.3"
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
            for host in (first, "127.0.0.2")
        ]
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: list(addresses))
        monkeypatch.setattr(connection, "Socket", Watched)
        transport = connect(f"http://h:{port}", connect_timeout_s=600)
        for expected in ([first, "127.0.0.2"], ["127.0.0.2"]):
            begun.clear()
            opened = transport.open()
            assert opened.sock.getpeername() == ("127.0.0.2", port)
            assert begun == expected
            opened.close()
        # The one that answered has gone: the other is tried beside it.
        listener.close()
        addresses[0] = (*addresses[0][:4], ("127.0.0.3", port))
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.3", port))
            other.listen()
            begun.clear()
            sock = transport.open()
            assert begun == ["127.0.0.2", "127.0.0.3"]
            sock.close()


def test_few_of_many_addresses_are_tried(connect, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: [row] * 5000)
    tried = []
    make = sockets.Socket
    monkeypatch.setattr(connection, "Socket", lambda *kind: tried.append(kind) or make(*kind))
    check_failure(connect(f"http://h:{port}"), ConnectError, "Connection refused")
    assert len(tried) == limits.ADDRESS_COUNT


def test_tls_handshake_has_the_connect_timeout(connect):
    with Peer(lambda wire: wire.read(10**6) and None) as peer:
        origin = peer.origin.replace("http:", "https:")
        transport = connect(origin, connect_timeout_s=0.3)
        check_failure(transport, ConnectError, r"no connection within 0\.3 s")


def test_unknown_name(connect):
    error = check_failure(connect("http://name.invalid:1"), ConnectError, "cannot be resolved")
    assert isinstance(error.__cause__, socket.gaierror)


def test_every_address_is_tried(connect):
    """localhost often has ::1 before 127.0.0.1; the peer listens on one of them only."""
    families = {entry[0] for entry in socket.getaddrinfo("localhost", 80)}
    for family in families:
        with Peer(echo, family=family) as peer:
            transport = connect(f"http://localhost:{peer.port}")
            assert transport.exchange(head(1), b"a").body == b"a"
            transport.close()


def test_ipv6(contexts, connect):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    for context in contexts.values():
        with Peer(echo, context, socket.AF_INET6) as peer:
            transport = connect(peer)
            assert transport.peer == f"[::1]:{peer.port}"
            assert transport.exchange(head(1), b"a").body == b"a"
            transport.close()


# TLS


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("fault", ["name", "authority", "expired", "early"])
def test_wrong_certificate(authority, connect, version, fault):
    now = datetime.now(timezone.utc)
    day = timedelta(days=1)
    context = {
        "name": lambda: server_context(authority, version, "other.example"),
        "authority": lambda: server_context(trustme.CA(), version),
        "expired": lambda: server_context(authority, version, not_after=now - day),
        "early": lambda: server_context(authority, version, not_before=now + day),
    }[fault]()
    words = {
        "name": "IP address mismatch",
        "authority": "unable to get local issuer|self.signed",
        "expired": "certificate has expired",
        "early": "certificate is not yet valid",
    }[fault]
    seen = []
    with Peer(lambda wire: seen.append(wire.read_head()), context) as peer:
        error = check_failure(connect(peer), ConnectError, f"certificate is refused: .*({words})")
        assert isinstance(error.__cause__, ssl.SSLCertVerificationError)
    assert not any(seen)


def test_wrong_host_name(authority, ca_file, connect):
    context = server_context(authority, ssl.TLSVersion.TLSv1_3, "127.0.0.1")
    with Peer(echo, context) as peer:
        transport = connect(f"https://localhost:{peer.port}")
        check_failure(transport, ConnectError, "Hostname mismatch")


def test_plain_peer_where_tls_is_due(connect):
    def talk(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        wire.read(1000)

    with Peer(talk) as peer:
        transport = connect(peer.origin.replace("http:", "https:"))
        check_failure(transport, ConnectError, "TLS")


def test_old_tls_is_refused(authority, connect):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Peer(echo, context) as peer:
        check_failure(connect(peer), ConnectError, "TLS: .*version")


def test_client_certificate(authority, ca_file, contexts, tmp_path):
    device = authority.issue_cert("cam-7.example")
    cert_file, key_file = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert_file.write_bytes(b"".join(pem.bytes() for pem in device.cert_chain_pems))
    key_file.write_bytes(device.private_key_pem.bytes())
    both = tmp_path / "both.pem"
    device.private_key_and_cert_chain_pem.write_to_path(str(both))
    server = server_context(authority, ssl.TLSVersion.TLSv1_3)
    server.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server)
    with Peer(echo, server) as peer:
        for files in (
            {"cert_file": str(cert_file), "key_file": str(key_file)},
            {"cert_file": str(both)},
        ):
            transport = Transport(peer.origin, tls=lambda f=files: client_context(ca_file, **f))
            assert transport.exchange(head(1), b"a").body == b"a"
            transport.close()
        # In TLS 1.3 the refusal arrives after the handshake, in place of an answer.
        transport = Transport(peer.origin, tls=lambda: client_context(ca_file))
        check_failure(transport, ConnectionClosedError, "certificate required|closed|lost")


def test_client_certificate_that_is_asked_for_after_the_request(authority, ca_file, tmp_path):
    """TLS 1.3 allows it; before, a server asks again during the request."""
    identity = tmp_path / "device.pem"
    authority.issue_cert("device.example").private_key_and_cert_chain_pem.write_to_path(
        str(identity)
    )
    context = server_context(authority, ssl.TLSVersion.TLSv1_3)
    context.load_verify_locations(ca_file)
    context.verify_mode, context.post_handshake_auth = ssl.CERT_REQUIRED, True
    shown = []

    def ask_late(wire: Wire) -> None:
        while wire.read_request()[0]:
            wire.sock.verify_client_post_handshake()
            wire.answer(b"a")
            wire.read_request()
            shown.append(wire.sock.getpeercert())
            wire.answer(b"b")

    with Peer(ask_late, context) as peer:
        transport = Transport(
            peer.origin, tls=lambda: client_context(ca_file, cert_file=str(identity))
        )
        assert transport.exchange(head()).body == b"a"
        assert transport.exchange(head()).body == b"b"
        transport.close()
    assert shown[0]


@pytest.mark.parametrize("spelt", ["service.lan.", "127.0.0.1", "[::1%25lo]", "[::1%1]"])
def test_hosts_as_certificates_have_them(authority, ca_file, monkeypatch, spelt):
    """The resolver's answer is made up for names; certificates know no last dot and no zone."""
    asked = []
    context = server_context(authority, ssl.TLSVersion.TLSv1_3, "service.lan", "127.0.0.1", "::1")
    context.sni_callback = lambda _, name, __: asked.append(name)
    with Peer(echo, context) as peer:
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.port))
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: [row])
        transport = Transport(f"https://{spelt}:{peer.port}", tls=lambda: client_context(ca_file))
        assert transport.exchange(head(1), b"a").body == b"a"
        transport.close()
    assert asked == ["service.lan" if spelt == "service.lan." else None]


def test_context_verifies():
    context = client_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_context_errors_name_the_file(authority, ca_file, tmp_path):
    empty, text, folder = tmp_path / "empty.pem", tmp_path / "text.pem", tmp_path / "folder"
    empty.write_bytes(b"")
    text.write_bytes(b"no certificate\n")
    folder.mkdir()
    device, other = authority.issue_cert("a.example"), authority.issue_cert("b.example")
    cert, key, locked = tmp_path / "cert.pem", tmp_path / "other.pem", tmp_path / "locked.pem"
    device.cert_chain_pems[0].write_to_path(str(cert))
    other.private_key_pem.write_to_path(str(key))
    from cryptography.hazmat.primitives import serialization as form

    private = form.load_pem_private_key(device.private_key_pem.bytes(), None)
    locked.write_bytes(
        private.private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"word")
        )
    )
    for options, words in [
        ({"ca_file": str(tmp_path / "none.pem")}, "none.pem: No such file"),
        ({"ca_file": str(empty)}, "empty.pem holds no usable PEM"),
        ({"ca_file": str(text)}, "text.pem holds no usable PEM"),
        ({"ca_file": str(folder)}, "folder"),
        ({"cert_file": str(tmp_path / "none.pem")}, "none.pem"),
        ({"cert_file": str(cert)}, "cert.pem"),
        ({"cert_file": str(cert), "key_file": str(tmp_path / "none.pem")}, "none.pem"),
        ({"cert_file": str(cert), "key_file": str(key)}, "other.pem.*key values mismatch"),
        ({"cert_file": str(cert), "key_file": str(locked)}, "locked.pem is encrypted"),
        ({"key_file": str(key)}, "is set, but no certificate"),
    ]:
        with pytest.raises(ConfigError, match=words):
            client_context(**{"ca_file": ca_file, **options})


# Streaming


def traced_peak(work) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("server", ["tcp", "tls1.3"], indirect=True)
@pytest.mark.parametrize("chunked", [False, True])
def test_download_in_constant_memory(server, connect, chunked):
    block = bytes(range(256)) * 256
    count = 64 * MIB // len(block)
    piece = b"%x\r\n%b\r\n" % (len(block), block) if chunked else block
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (64 * MIB)

    def talk(wire: Wire) -> None:
        while wire.read_head():
            wire.send(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
            for _ in range(count):
                wire.sock.sendall(piece)
            if chunked:
                wire.send(b"0\r\n\r\n")

    with Peer(talk, server) as peer:
        transport = connect(peer)
        got = hashlib.sha1()
        transport._keep(transport._connect(), True)  # the context is not what is measured

        def download() -> None:
            body = transport.exchange(head(0, "GET"), method="GET", stream=True).body
            while data := body.read(10_000):
                got.update(data)

        assert traced_peak(download) < MIB
        expected = hashlib.sha1()
        for _ in range(count):
            expected.update(block)
        assert got.digest() == expected.digest()
        assert transport._kept is not None
        transport.close()


@pytest.mark.parametrize("server", ["tcp", "tls1.3"], indirect=True)
@pytest.mark.parametrize("kind", ["file", "iterable"])
def test_upload_in_constant_memory(server, connect, tmp_path, kind):
    block = bytes(range(256)) * 256
    count = 64 * MIB // len(block)
    seen = hashlib.sha1()

    def talk(wire: Wire) -> None:
        wire.read_head()
        if kind == "file":
            for _ in range(count * 4):
                seen.update(wire.read(len(block) // 4))
        else:
            while size := int(wire.read_line(), 16):
                seen.update(wire.read(size))
                wire.read(2)
            wire.read(2)
        wire.answer(b"done")
        wire.read_head()

    path = tmp_path / "big"
    with path.open("wb") as out:
        for _ in range(count):
            out.write(block)
    with Peer(talk, server) as peer, path.open("rb") as file:
        transport = connect(peer)
        transport._keep(transport._connect(), True)

        def upload() -> None:
            if kind == "file":
                answer = transport.exchange(head(64 * MIB), file)
            else:
                answer = transport.exchange(head(None), (block for _ in range(count)), chunked=True)
            assert answer.body == b"done"

        assert traced_peak(upload) < MIB
        assert seen.digest() == hashlib.sha1(path.read_bytes()).digest()
        transport.close()


def test_reading_a_body(server, connect):
    content = bytes(range(256)) * 300

    def talk(wire: Wire) -> None:
        # The last body is given up by its reader, at whatever point of sending it.
        with suppress(OSError):
            while wire.read_head():
                wire.answer(content)

    with Peer(talk, server) as peer:
        transport = connect(peer)

        def ask() -> Body:
            return transport.exchange(head(), stream=True).body

        body = ask()
        assert body.read(0) == b""
        assert body.read(1) == content[:1]
        assert body.read(70_000) == content[1:70_001]
        assert body.read() == content[70_001:]
        assert body.read() == body.read(9) == b""
        body.close()
        assert b"".join(ask()) == content
        assert ask().read(None) == content
        with ask() as body:
            assert body.read(len(content) + 1) == content
        assert peer.accepted == 1
        # Given up early, the connection is of no use to anyone.
        with ask() as body:
            body.read(5)
        with pytest.raises(ConnectionClosedError, match="closed before its end"):
            body.read(5)
        assert transport._kept is None
        # Two at once need two connections, one of which is kept in the end.
        first, second = ask(), ask()
        assert peer.accepted == 3
        assert first.read() == second.read() == content
        assert ask().read() == content
        assert peer.accepted == 3
        # A closed transport keeps nothing, and the body being read is not disturbed.
        last = ask()
        transport.close()
        assert last.read() == content
        assert transport._kept is None


@pytest.mark.parametrize(
    ("chunks", "read"),
    [([b"ab", b"", b"c"], b"abc"), ([], b""), ([b"x" * 100_000], b"x" * 100_000)],
)
def test_chunked_upload(server, connect, chunks, read):
    with Peer(echo, server) as peer:
        transport = connect(peer)
        assert transport.exchange(head(None), iter(chunks), chunked=True).body == read
        assert transport.exchange(head(None), io.BytesIO(read), chunked=True).body == read
        assert transport.exchange(head(None), read, chunked=True).body == read
        assert peer.accepted == 1
        transport.close()


@pytest.mark.parametrize(
    ("request_head_", "body", "words"),
    [
        (head(3), [b"ab"], "1 bytes shorter"),
        (head(3), [b"ab", b"cd"], "longer"),
        (head(3), b"abcd", "longer"),
        (head(None), [b"ab"], "declares neither"),
    ],
)
def test_body_must_have_its_length(server, connect, request_head_, body, words):
    seen = []
    with Peer(lambda wire: seen.append(wire.read(10**6)), server) as peer:
        transport = connect(peer)
        with pytest.raises(ValueError, match=words):
            transport.exchange(request_head_, io.BytesIO(body) if isinstance(body, bytes) else body)
        assert transport._kept is None
    assert not any(b"abcd" in data for data in seen)


def test_error_of_the_body_comes_through(server, connect):
    def pieces():
        yield b"a"
        raise OSError("the card is gone")

    with Peer(lambda wire: wire.read(10**6) and None, server) as peer:
        transport = connect(peer)
        with pytest.raises(OSError, match="the card is gone"):
            transport.exchange(head(None), pieces(), chunked=True)
        assert transport._kept is None


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_early_answer_is_not_lost(server, connect, stream, interim):
    """The server looks at the head, refuses and closes: what it did not read becomes a reset."""

    def talk(wire: Wire) -> None:
        wire.read_head()
        wire.send(interim)
        wire.answer(b"too much", b"413 Content Too Large")
        wire.finish()

    with Peer(talk, server) as peer:
        transport = connect(peer)
        for body in (b"x" * (16 * MIB), (b"y" * 50_000 for _ in range(10**6))):
            chunked = not isinstance(body, bytes)
            framed = head(None) if chunked else head(len(body))
            answer = transport.exchange(framed, body, chunked=chunked, stream=stream)
            assert answer.status == 413
            assert (answer.body.read() if stream else answer.body) == b"too much"
            assert transport._kept is None


def test_early_answer_of_a_peer_that_just_stops_reading(server, connect):
    done = threading.Event()

    def talk(wire: Wire) -> None:
        wire.read_head()
        wire.answer(b"too much", b"413 Content Too Large")
        done.wait(10)

    with Peer(talk, server) as peer:
        transport = connect(peer)
        answer = transport.exchange(head(64 * MIB), (b"x" * MIB for _ in range(64)))
        done.set()
        assert (answer.status, answer.body) == (413, b"too much")
        assert transport._kept is None


def test_answer_before_a_small_request(server, connect):
    def talk(wire: Wire) -> None:
        wire.answer(b"busy", b"503 Busy", b"Connection: close\r\n")
        wire.finish()

    with Peer(talk, server) as peer:
        assert connect(peer).exchange(head(3), b"abc").status == 503


def test_interim_answer_does_not_stop_an_upload(server, connect):
    def talk(wire: Wire) -> None:
        wire.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        wire.answer(wire.read_request()[1][-5:])
        wire.read_head()

    with Peer(talk, server) as peer:
        transport = connect(peer)
        body = b"x" * (4 * MIB) + b"-last"
        assert transport.exchange(head(len(body)), body).body == b"-last"
        transport.close()


def test_peer_that_takes_nothing(server, connect):
    go = threading.Event()
    with Peer(lambda wire: go.wait(5) and None, server) as peer:
        transport = connect(peer, read_timeout_s=0.2)
        with pytest.raises(ReadTimeoutError, match=r"0\.2 s"):
            transport.exchange(head(64 * MIB), (b"x" * MIB for _ in range(64)))
        go.set()


def test_peer_that_takes_little(contexts, connect, monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST_BYTES_PER_S", 10**12)

    def talk(wire: Wire) -> None:
        while wire.read(100_000):
            time.sleep(0.02)

    with Peer(talk, contexts["tcp"]) as peer:
        transport = connect(peer, response_timeout_s=0.2)
        with pytest.raises(ReadTimeoutError, match="SLOWEST"):
            transport.exchange(head(640 * MIB), (b"x" * MIB for _ in range(640)))


# Whatever ends an exchange, nothing half-read is kept.
def test_interrupt_drops_the_connection(server, connect):
    def pieces():
        yield b"a"
        raise KeyboardInterrupt

    with Peer(echo, server) as peer:
        transport = connect(peer)
        transport.exchange(head())
        with pytest.raises(KeyboardInterrupt):
            transport.exchange(head(None), pieces(), chunked=True)
        assert transport._kept is None
        assert transport.exchange(head(1), b"a").body == b"a"
        assert peer.accepted == 2
        transport.close()


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://a.example", (True, "a.example", 443)),
        ("HTTP://a.example/", (False, "a.example", 80)),
        ("https://[::1]:8443", (True, "::1", 8443)),
    ],
)
def test_origin(origin, expected):
    assert parse_origin(origin) == expected


BAD_ORIGINS = ["", "a.example", "ftp://a", "https://", "https://a/b", "https://a?b", "https://u@a"]
BAD_ORIGINS += ["https://é", "https://a:x", "https://a b"]


@pytest.mark.parametrize("origin", BAD_ORIGINS)
def test_bad_origin(origin):
    with pytest.raises(ConfigError):
        Transport(origin)


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
    root = Path(__file__).parents[2]
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
