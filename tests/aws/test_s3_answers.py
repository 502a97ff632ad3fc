"""What S3 says under status 200: errors, and checksums of what is read."""

from __future__ import annotations

import io
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1, sha256, sha512
from typing import Any
from zlib import crc32

import pytest
from botocore.exceptions import ClientError, FlexibleChecksumError
from hypothesis import given
from hypothesis import strategies as st

import edgemote.client.pipeline
from aws.errors import ValidationError
from calls import Ours
from conformance.comparison import generated
from edgemote.client.validation import validate
from edgemote.errors import ProtocolError
from edgemote.http import Response
from edgemote.http.body import Body
from edgemote.http.connection import Connection
from edgemote.http.http1 import ResponseParser
from edgemote.retry import RetryRules
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle

CALCULATE = {
    "crc32": lambda body: crc32(body).to_bytes(4, "big"),
    "sha1": lambda body: sha1(body).digest(),
    "sha256": lambda body: sha256(body).digest(),
    "sha512": lambda body: sha512(body).digest(),
}
COPY = {"Bucket": "b", "Key": "k", "CopySource": "b/source"}
GET = {"Bucket": "b", "Key": "k", "ChecksumMode": "ENABLED"}
ERROR = b"<Error><Code>%s</Code><Message>m</Message><StorageClass>GLACIER</StorageClass></Error>"


@pytest.fixture(scope="module")
def ours() -> Iterator[Ours]:
    names = ("CopyObject", "GetObject", "ListBuckets", "PutObject", "WriteGetObjectResponse")
    with generated(select(load_model("s3", {}), names)) as client:
        yield client


@pytest.fixture
def tries(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> Any:
    """How many there were, of three at most."""
    monkeypatch.setattr(edgemote.client.pipeline.time, "sleep", lambda _: None)
    monkeypatch.setattr(ours.caller, "rules", RetryRules("S3", 3))
    monkeypatch.setattr(ours.recorder, "count", 0)
    return lambda: ours.recorder.count


def test_an_error_under_status_200_is_typed_and_tried_again(ours: Ours, tries: Any) -> None:
    answer = (200, {"x-amz-request-id": "R"}, ERROR % b"ObjectNotInActiveTierError")
    _, expected = Oracle("s3").call("copy_object", COPY, answer)
    _, error = ours.call("copy_object", COPY, answer)
    assert isinstance(expected, ClientError)
    assert isinstance(error, ours.package.ObjectNotInActiveTierError)
    facts = expected.response
    assert facts["Error"]["Code"] == error.code == "ObjectNotInActiveTierError"
    assert facts["Error"]["Message"] == error.message == "m"
    assert facts["ResponseMetadata"]["HTTPStatusCode"] == error.status == 500
    assert facts["ResponseMetadata"]["RequestId"] == error.request_id == "R"
    assert error.headers["x-amz-request-id"] == "R"
    assert tries() == 3


def test_an_answer_that_is_cut_is_tried_again(ours: Ours, tries: Any) -> None:
    answer = (200, {}, b"<CopyObjectResult><ETag>")
    _, expected = Oracle("s3").call("copy_object", COPY, answer)
    assert expected.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    _, error = ours.call("copy_object", COPY, answer)
    assert (error.code, error.status) == ("UnreadableAnswer", 500)
    assert tries() == 3


def test_a_copy_that_succeeds_after_an_error_is_none(ours: Ours, tries: Any) -> None:
    answers = [
        (200, {}, ERROR % b"InternalError"),
        (200, {}, b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"),
    ]
    exchange = ours.recorder.exchange

    def answer_in_turn(*arguments: Any, **options: Any) -> Any:
        ours.recorder.answer = answers.pop(0)
        return exchange(*arguments, **options)

    ours.recorder.exchange = answer_in_turn  # type: ignore[method-assign]
    try:
        result = ours.client.copy_object(**COPY)
    finally:
        del ours.recorder.exchange
    assert result.CopyObjectResult.ETag == "e"
    assert tries() == 2


def encode(algorithm: str, body: bytes) -> str:
    return b64encode(CALCULATE[algorithm](body)).decode()


@pytest.mark.parametrize("algorithm", CALCULATE)
@pytest.mark.parametrize("intact", [True, False])
def test_what_is_read_is_validated(ours: Ours, algorithm: str, intact: bool) -> None:
    headers = {f"x-amz-checksum-{algorithm}": encode(algorithm, b"content" if intact else b"c")}
    answer = (200, headers, b"content")
    sent, expected = Oracle("s3").call("get_object", GET, answer)
    ours_sent, result = ours.call("get_object", GET, answer)
    assert ours_sent.facts() == sent.facts()
    if intact:
        assert result.Body.read() == expected["Body"].read() == b"content"
        assert b"".join(ours.call("get_object", GET, answer)[1].Body) == b"content"
        return
    with pytest.raises(FlexibleChecksumError):
        expected["Body"].read()
    with pytest.raises(ProtocolError, match=f"checksum in its header x-amz-checksum-{algorithm}"):
        result.Body.read()
    _, again = ours.call("get_object", GET, answer)
    with again.Body as stream:
        assert stream.read(4) == b"cont"
        with pytest.raises(ProtocolError, match="damaged in transit"):
            stream.read(3)  # the last bytes, without a look at what follows
    _, again = ours.call("get_object", GET, answer)
    with pytest.raises(ProtocolError, match="damaged in transit"):
        list(again.Body)


@pytest.mark.parametrize(
    ("mode", "headers"),
    [
        ({}, {"x-amz-checksum-sha256": "wrong"}),  # nobody asked
        (GET, {"x-amz-checksum-sha256": "sEcE0uAZlA2Jx1xpkkkT5w==-2"}),  # of parts
        (GET, {"x-amz-checksum-xxhash64": "unknown"}),
        (GET, {"x-amz-checksum-type": "FULL_OBJECT"}),
    ],
)
def test_what_is_not_validated(ours: Ours, mode: Any, headers: Any) -> None:
    params = mode or {"Bucket": "b", "Key": "k"}
    _, result = ours.call("get_object", params, (200, headers, b"content"))
    assert result.Body.read() == b"content"


@contextmanager
def open_body(content: bytes) -> Iterator[Body]:
    """A body that comes by a socket, its first bytes with the head."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        parser = ResponseParser("GET", None)
        half = len(content) // 2
        first = parser.receive(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
        first += parser.receive(content[:half])
        theirs.sendall(content[half:])
        yield Body(
            Connection(ours, None, "peer", 10, None, None),
            parser,
            first,
            keep=lambda *_: None,
            allowed_s=10,
            limit_bytes=1000,
        )


@given(
    st.binary(max_size=300),
    st.lists(st.integers(0, 60), max_size=8),
    st.sampled_from(sorted(CALCULATE)),
    st.booleans(),
)
def test_any_way_of_reading(body: bytes, sizes: Any, algorithm: str, intact: bool) -> None:
    """However it is read: the end comes with the right checksum only."""
    text = encode(algorithm, body if intact else body + b"x")
    headers = {f"x-amz-checksum-{algorithm}": text}
    with open_body(body) as stream:
        answer = Response(200, headers, stream)
        validate(answer)
        assert answer.body is stream
        try:
            found = b"".join([*map(stream.read, sizes), stream.read()])
        except ProtocolError:
            assert not intact
        else:
            assert intact
            assert found == body


def test_bytes_are_validated_at_once() -> None:
    answer = Response(200, {"x-amz-checksum-crc32": "!"}, b"body")
    with pytest.raises(ProtocolError, match="damaged"):
        validate(answer)
    answer.headers = {"x-amz-checksum-crc32": encode("crc32", b"body")}
    validate(answer)
    assert answer.body == b"body"


@pytest.mark.parametrize("kind", [bytes, io.BytesIO])
def test_a_length_of_the_callers_must_be_right(ours: Ours, kind: Any) -> None:
    params = {"Bucket": "b", "Key": "k", "Body": kind(b"1234")}
    ours.call("put_object", {**params, "ContentLength": 4}, (200, {}, b""))
    params = {**params, "Body": kind(b"1234")}
    assert ours.recorder.raw.headers["content-length"] == "4"
    ours.recorder.count = 0
    with pytest.raises(ValidationError, match=r"^\$\.ContentLength: the body has 4 bytes, got 5$"):
        ours.client.put_object(**params, ContentLength=5)
    assert ours.recorder.count == 0


def test_a_length_of_the_callers_frames_what_has_none(ours: Ours) -> None:
    params = {"RequestRoute": "r", "RequestToken": "t", "Body": iter([b"12", b"34"])}
    ours.call("write_get_object_response", {**params, "ContentLength": 4}, (200, {}, b""))
    assert ours.recorder.raw.headers["content-length"] == "4"
    assert "transfer-encoding" not in ours.recorder.raw.headers
    assert ours.recorder.raw.body == b"1234"
