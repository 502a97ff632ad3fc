"""Expect: 100-continue: a large body waits for a word of the server's, and not for ever."""

from __future__ import annotations

import io
import ssl
from typing import Any

import pytest
import trustme

from edgemote import limits
from edgemote.errors import ConnectionClosedError
from edgemote.http.http1 import request_head
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport

from .http_peer import Peer, Wire

MIB = 1024 * 1024
BODY = bytes(8 * MIB)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a word of the peer's comes in time."""
    monkeypatch.setattr(limits, "CONTINUE_S", 3600.0)


class Meter:
    """What went out."""

    def __init__(self) -> None:
        self.bytes = 0

    def connected(self) -> None: ...

    def resumed(self) -> None: ...

    def sent(self, size: int) -> None:
        self.bytes += size

    def received(self, size: int) -> None: ...


def send(origin: str, body: Any, *, expects: bool = True, **options: Any) -> tuple[Any, int]:
    """The response, and the bytes that were sent for it."""
    meter = Meter()
    transport = Transport(origin, meter=meter, **options)
    transport.expects = expects
    size = len(body) if isinstance(body, bytes) else None
    framing = {"transfer-encoding": "chunked"} if size is None else {"content-length": str(size)}
    head = request_head("PUT", "/x", {"host": "h", **framing})
    try:
        return transport.exchange(head, body, method="PUT", chunked=size is None), meter.bytes
    finally:
        transport.close()


def refuse(wire: Wire) -> None:
    assert b"\r\nexpect: 100-continue\r\n\r\n" in wire.read_head()
    wire.send(REFUSED)
    assert wire.read(1) == b""  # not a byte of the body, and a connection that is closed


@pytest.mark.parametrize("body", [BODY, [BODY]], ids=["bytes", "pieces"])
def test_a_refused_upload_costs_its_head(body: Any) -> None:
    with Peer(refuse) as peer:
        response, sent = send(peer.origin, body)
    assert (response.status, response.body) == (403, b"no")
    assert sent < 200


def test_a_refused_upload_costs_its_head_over_tls(tmp_path: Any) -> None:
    """Session tickets, which make the socket readable too, are no word of the server's."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Peer(refuse, context) as peer:
        response, sent = send(
            peer.origin, io.BytesIO(BODY), tls=lambda: client_context(str(tmp_path / "ca.pem"))
        )
    assert response.status == 403
    assert sent < 200


@pytest.mark.parametrize(
    "words", [CONTINUE, b"HTTP/1.1 100\r\n\r\n", b"HTTP/1.1 100 C\r\nA: b\r\n\r\n"]
)
def test_the_body_follows_the_word(words: bytes) -> None:
    def script(wire: Wire) -> None:
        assert wire.read_head()
        wire.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            wire.sock.recv(1)
        wire.sock.settimeout(60)
        wire.send(words)
        assert wire.read(len(BODY)) == BODY
        wire.answer(b"yes")

    with Peer(script) as peer:
        response, _ = send(peer.origin, BODY)
    assert response.body == b"yes"


def test_a_server_that_says_nothing_gets_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONTINUE_S", 0.1)

    def script(wire: Wire) -> None:
        assert wire.read_head()
        assert wire.read(len(BODY)) == BODY
        # A late one, as of a server that reads a body before it looks at the head.
        wire.send(CONTINUE)
        wire.answer(b"yes")

    with Peer(script) as peer:
        response, _ = send(peer.origin, BODY)
    assert response.body == b"yes"


def test_a_refusal_while_the_body_is_sent_is_read() -> None:
    def script(wire: Wire) -> None:
        assert wire.read_head()
        wire.send(CONTINUE)
        wire.read(100_000)
        wire.send(REFUSED)

    with Peer(script) as peer:
        response, sent = send(peer.origin, [BODY] * 10)
    assert response.status == 403
    assert sent < 80 * MIB


def test_an_end_instead_of_a_word() -> None:
    def script(wire: Wire) -> None:
        wire.read_head()

    with Peer(script) as peer, pytest.raises(ConnectionClosedError):
        send(peer.origin, BODY)


@pytest.mark.parametrize(
    ("body", "expects"), [(bytes(limits.SMALL_FILE_BYTES), True), (BODY, False)]
)
def test_who_is_not_asked(body: bytes, expects: bool) -> None:
    def script(wire: Wire) -> None:
        head, content = wire.read_request()
        assert b"expect" not in head
        assert content == body
        wire.answer(b"yes")

    with Peer(script) as peer:
        assert send(peer.origin, body, expects=expects)[0].body == b"yes"
