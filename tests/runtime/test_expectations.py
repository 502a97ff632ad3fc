"""Expect: 100-continue of S3 calls, and servers that do not know it or answer out of turn."""

from __future__ import annotations

import io
from typing import Any

import pytest

import edgemote
from aws.s3_whole import S3
from edgemote import ProtocolError, ServiceError, limits

from .http_peer import Peer, Wire

KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
BODY = b"GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n" * 5000
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: "e"\r\n\r\n'
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONTINUE_S", 3600.0)


def connect(origin: str, **options: Any) -> S3:
    return edgemote.connect(
        S3,
        region="us-west-2",
        endpoint_url=origin,
        credentials=KEYS,
        timeout_s=60,
        retries=0,
        **options,
    )


def put(client: S3, body: Any = BODY) -> Any:
    return client.put_object(Bucket="bucket", Key="key", Body=body)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_server_that_knows_no_expectations_is_asked_without(keeps: bool) -> None:
    heads = []

    def script(wire: Wire) -> None:
        while head := wire.read_head():
            heads.append(head)
            if b"expect" in head:
                end = b"" if keeps else b"Connection: close\r\n"
                wire.send(b"HTTP/1.1 417 E\r\nContent-Length: 0\r\n%b\r\n" % end)
                continue
            assert wire.read(len(BODY)) == BODY
            wire.send(OK)

    with Peer(script) as peer, connect(peer.origin) as client:
        file = io.BytesIO(b"skipped" + BODY)
        file.seek(7)
        assert put(client, file).ETag == '"e"'
        assert put(client).ETag == '"e"'  # and from then on
    assert [b"expect" in head for head in heads] == [True, False, False]


def test_a_server_that_always_refuses_is_asked_twice() -> None:
    heads = []

    def script(wire: Wire) -> None:
        while head := wire.read_head():
            heads.append(head)
            if b"expect" not in head:
                wire.read(len(BODY))
            wire.send(b"HTTP/1.1 417 E\r\nContent-Length: 0\r\n\r\n")

    with Peer(script) as peer, connect(peer.origin) as client, pytest.raises(ServiceError):
        put(client)
    assert len(heads) == 2


@pytest.mark.parametrize(
    "hint", [b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"]
)
@pytest.mark.parametrize("then", [CONTINUE, b"HTTP/1.1 403 F\r\nContent-Length: 0\r\n\r\n"])
def test_hints_are_no_word_to_go_on(hint: bytes, then: bytes) -> None:
    def script(wire: Wire) -> None:
        wire.read_head()
        for _ in range(3):
            wire.send(hint)
        wire.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire.read(1)
        wire.sock.settimeout(60)
        wire.send(then)
        if then is CONTINUE:
            assert wire.read(len(BODY)) == BODY
            wire.send(OK)
        else:
            assert wire.read(1) == b""

    with Peer(script) as peer, connect(peer.origin) as client:
        if then is CONTINUE:
            assert put(client).ETag == '"e"'
        else:
            with pytest.raises(ServiceError):
                put(client)


def test_success_before_the_body_is_none() -> None:
    """A captive portal says 200 to everything."""

    def script(wire: Wire) -> None:
        wire.read_head()
        wire.answer(b"<html>Log in</html>")

    with (
        Peer(script) as peer,
        connect(peer.origin) as client,
        pytest.raises(ProtocolError, match="success before the body was sent"),
    ):
        put(client)


@pytest.mark.parametrize(
    "words", [CONTINUE * 2, CONTINUE + b"HTTP/1.1 103 E\r\n\r\n", CONTINUE * limits.INTERIM_COUNT]
)
def test_more_words_than_one(words: bytes) -> None:
    def script(wire: Wire) -> None:
        for _ in range(2):
            wire.read_head()
            wire.send(words)
            assert wire.read(len(BODY)) == BODY
            wire.send(OK)

    with Peer(script) as peer, connect(peer.origin) as client:
        put(client)
        put(client)
    assert peer.accepted == 1


def test_a_word_after_the_response_is_not_of_the_next_one() -> None:
    def script(wire: Wire) -> None:
        while wire.read_head():
            wire.send(CONTINUE)
            assert wire.read(len(BODY)) == BODY
            wire.send(OK + CONTINUE)

    with Peer(script) as peer, connect(peer.origin) as client:
        put(client)
        put(client)
    assert peer.accepted == 2


@pytest.mark.parametrize("status", [b"403 F", b"301 M", b"307 T", b"500 E", b"413 L"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_byte_of_a_refused_body_is_the_next_request(status: bytes, when: str) -> None:
    seen = []

    def script(wire: Wire) -> None:
        while head := wire.read_head():
            seen.append(head.partition(b"\r\n")[0])
            if b"expect" in head:
                if when == "after":
                    wire.send(CONTINUE)
                    wire.read(1000)
                    wire.answer(b"<Error><Code>No</Code></Error>", status)
                    wire.read(len(BODY) - 1000)  # which may have been on its way
                    continue
                wire.answer(b"<Error><Code>No</Code></Error>", status)
                continue
            wire.send(OK)

    with Peer(script) as peer, connect(peer.origin) as client:
        for _ in range(2):
            with pytest.raises(ServiceError):
                put(client)
            client.head_object(Bucket="bucket", Key="key")
    # Where a bucket is in another region, it is asked for that, too.
    assert {line.split(b" ")[1] for line in seen} <= {b"/bucket/key", b"/bucket"}
