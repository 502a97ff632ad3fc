"""Bodies of responses, read in all the ways that boto3's can be."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from botocore.response import StreamingBody
from hypothesis import given
from hypothesis import strategies as st

from edgemote.errors import ProtocolError
from edgemote.http.body import Body
from edgemote.http.http1 import request_head
from edgemote.http.transport import Transport

from .http_peer import Peer, Wire

HEAD = request_head("GET", "/", {"host": "h"})
LINES = b"one\ntwo\r\n\r\nthree\rfour \xff\n\n  five"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Peer, list[bytes]]]:
    """A peer that sends what lies in the list, in pieces of its own."""
    pieces: list[bytes] = []

    def script(wire: Wire) -> None:
        while wire.read_head():
            size = sum(map(len, pieces))
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            with suppress(OSError):  # some tests hang up early
                for piece in pieces:
                    wire.send(piece)

    with Peer(script) as peer:
        yield peer, pieces


@contextmanager
def fetch(served: tuple[Peer, list[bytes]], *pieces: bytes, limit: int = 10_000) -> Iterator[Body]:
    peer, prepared = served
    prepared[:] = pieces
    transport = Transport(peer.origin, body_limit_bytes=limit)
    response = transport.exchange(HEAD, method="GET", stream=True)
    assert isinstance(response.body, Body)
    try:
        yield response.body
    finally:
        response.body.close()
        transport.close()


def theirs(content: bytes) -> Any:
    return StreamingBody(io.BytesIO(content), len(content))


@given(
    st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r", b"\r\n", b"\x0b"]), max_size=12),
    st.integers(1, 5),
    st.booleans(),
)
def test_lines_and_chunks_are_boto3s(
    served: Any, words: list[bytes], size: int, keepends: bool
) -> None:
    content = b"".join(words)
    with fetch(served, *words) as body:
        expected = theirs(content).iter_lines(size, keepends)
        assert list(body.iter_lines(size, keepends)) == list(expected)
    with fetch(served, *words) as body:
        assert list(body.iter_chunks(size)) == list(theirs(content).iter_chunks(size))


def test_the_defaults_are_boto3s(served: Any) -> None:
    content = LINES * 300
    with fetch(served, content) as body:
        assert list(body.iter_lines()) == list(theirs(content).iter_lines())
    with fetch(served, content) as body:
        assert list(body.iter_chunks()) == list(theirs(content).iter_chunks())
    with fetch(served, content) as body:
        assert body.read(None) == theirs(content).read(None) == content


def test_into_a_buffer(served: Any) -> None:
    content = bytes(range(100))
    buffer = bytearray(40)
    with fetch(served, content[:7], content[7:]) as body:
        for size in (40, 40, 20, 0):
            assert body.readinto(buffer) == size
            assert buffer[:size] == content[:size]
            content = content[size:]


def test_what_reads_files_reads_it(served: Any) -> None:
    with fetch(served, b'{"a": "', "é☃".encode(), b'"}') as body:
        assert json.load(body) == {"a": "é☃"}


@pytest.mark.parametrize("read", [Body.read, lambda body: list(body.iter_lines())])
def test_more_than_the_limit_names_it_and_the_way_round(served: Any, read: Any) -> None:
    with fetch(served, b"a" * 101, limit=100) as body:
        with pytest.raises(ProtocolError) as caught:
            read(body)
        assert str(caught.value).endswith(
            "body exceeds 100 bytes (limits.BODY_BYTES unless given): read it in pieces, "
            "or pass a larger body_limit_bytes to connect"
        )


def test_many_lines_may_exceed_the_limit(served: Any) -> None:
    with fetch(served, b"0123456789\n" * 500, limit=100) as body:
        assert list(body.iter_lines(50)) == [b"0123456789"] * 500
