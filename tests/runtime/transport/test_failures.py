"""Failures: each is one of four errors, names the peer and nothing of the request, and leaves no
connection behind.
"""

from __future__ import annotations

import io
import threading
import time

import pytest

from edgemote.errors import (
    ConnectError,
    ConnectionClosedError,
    ProtocolError,
    ReadTimeoutError,
)
from edgemote.http import Deadline
from edgemote.http.connection import NoResponseError
from edgemote.http.pace import Pace
from runtime.http_peer import Peer, Wire, echo
from runtime.transport.exchanges import (
    check_failure,
    head,
    lose_patience,
)


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
        go.wait(60)
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
    asked = threading.Event()

    def talk(wire: Wire) -> None:
        wire.read_request()
        asked.set()
        wire.send(sent)
        wire.read_head()

    with Peer(talk, server) as peer:
        if sent and stream:
            transport = connect(peer)
            body = transport.exchange(head(), stream=True).body
            lose_patience(body._connection)
            with pytest.raises(ReadTimeoutError, match=r"silent for 0\.2 s"):
                body.read()
        else:
            transport = connect(peer, read_timeout_s=0.2)
            check_failure(transport, ReadTimeoutError, r"silent for 0\.2 s", stream=stream)
        assert asked.wait(60)  # the peer may be later than the client's patience
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
        if start.endswith(b"\r\n\r\n") and stream:
            body = connect(peer).exchange(head(), stream=True).body
            body._pace = Pace(0.2)  # of the body alone, so that the head may take its time
            with pytest.raises(ReadTimeoutError, match="SLOWEST_BYTES_PER_S"):
                body.read()
        else:
            transport = connect(peer, read_timeout_s=5, response_timeout_s=0.2)
            check_failure(transport, ReadTimeoutError, ": ", stream=stream)


def test_connection_survives_an_answer_near_the_bound(server, connect):
    def talk(wire: Wire) -> None:
        while wire.read_request()[0]:
            wire.send(b"HTTP/1.1 200 OK\r\nContent-")
            time.sleep(0.05)
            wire.send(b"Length: 0\r\n\r\n")

    with Peer(talk, server) as peer:
        transport = connect(peer, read_timeout_s=60, response_timeout_s=50)
        for _ in range(2):
            assert transport.exchange(head()).status == 200
            assert transport._kept.sock.gettimeout() == 60
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
        for left_s in (50, None, 50):
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
        self.counts = {"connected": 0, "resumed": 0, "sent": 0, "received": 0}

    def connected(self):
        self.counts["connected"] += 1

    def resumed(self):
        self.counts["resumed"] += 1

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
