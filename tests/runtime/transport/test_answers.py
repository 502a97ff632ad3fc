"""What a response can be, and what an origin can be."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from edgemote.errors import (
    ConfigError,
    ConnectionClosedError,
    ProtocolError,
)
from edgemote.http import parse_origin
from edgemote.http.transport import Transport
from runtime.http_peer import Peer, Wire, echo
from runtime.transport.exchanges import (
    check_failure,
    head,
)


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
        assert go_on.wait(60)
        wire.send(b"x" * 40_000)

    with Peer(script, server) as peer:
        body = connect(peer).exchange(head(), stream=True).body
        assert not body.wait(0)
        assert not body.wait(0.01)
        go_on.set()
        chunks = iter(body)
        got = 0
        while got < 40_000:
            assert body.wait(60)
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
