"""Bodies of any size, both ways."""

from __future__ import annotations

import hashlib
import io
import threading
import time
import tracemalloc
from contextlib import suppress

import pytest

from edgemote import limits
from edgemote.errors import (
    ConnectionClosedError,
    ReadTimeoutError,
)
from edgemote.http.body import Body
from runtime.http_peer import Peer, Wire, echo
from runtime.transport.exchanges import (
    MIB,
    head,
)


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
        done.wait(60)

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
    with Peer(lambda wire: go.wait(60) and None, server) as peer:
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
