"""Streaming bodies, both ways, between a generated client and a real HTTP server."""

from __future__ import annotations

import contextlib
import io
import os
from array import array
from contextlib import closing
from email.utils import formatdate
from time import strftime, time

import pytest

import edgemote
import edgemote.client.connect
from edgemote import Clock, ServiceError, ValidationError, limits
from endpoint.signatures import Key, Request, read_claim, read_date, sign_again, verify
from made_service import make_service
from runtime.http_peer import Peer
from runtime.memory import traced_peak


@pytest.fixture
def sleeps(monkeypatch):
    """What the client would have slept, in seconds."""
    slept = []
    monkeypatch.setattr(edgemote.client.pipeline.time, "sleep", slept.append)
    return slept


STREAMS = {
    "PutRequest": {
        "type": "structure",
        "members": {
            "Name": {"shape": "Text", "location": "header", "locationName": "x-name"},
            "Content": {"shape": "Stream"},
        },
        "payload": "Content",
    },
    "PutResult": {"type": "structure", "members": {"Tag": {"shape": "Text"}}},
    "GetRequest": {"type": "structure", "members": {}},
    "GetResult": {
        "type": "structure",
        "members": {
            "Tag": {"shape": "Text", "location": "header", "locationName": "ETag"},
            "Content": {"shape": "Stream"},
        },
        "payload": "Content",
    },
    "Missing": {
        "type": "structure",
        "members": {"message": {"shape": "Text"}, "what": {"shape": "Text"}},
        "exception": True,
        "error": {"httpStatusCode": 404},
    },
    "Text": {"type": "string"},
    "Stream": {"type": "blob", "streaming": True},
}
PUT = {"input": {"shape": "PutRequest"}, "output": {"shape": "PutResult"}}
STREAM_KEY = Key("AKIASTREAM", "secret")


@pytest.fixture(scope="module")
def streams(tmp_path_factory):
    """The class of a client with streaming bodies both ways."""
    service = make_service(
        tmp_path_factory.mktemp("streams"),
        "streams",
        STREAMS,
        {
            "PutSigned": PUT,
            "PutUnsigned": {**PUT, "authtype": "v4-unsigned-body"},
            "Get": {
                "http": {"method": "GET", "requestUri": "/Get"},
                "input": {"shape": "GetRequest"},
                "output": {"shape": "GetResult"},
                "errors": [{"shape": "Missing"}],
            },
        },
    )
    return service.client_class


def connect_streams(streams, peer, **options):
    return closing(
        edgemote.connect(
            streams,
            region="us-west-2",
            endpoint_url=peer.origin,
            credentials=edgemote.Credentials(
                STREAM_KEY.access_key_id, STREAM_KEY.secret_access_key
            ),
            timeout_s=60,
            **options,
        )
    )


def received(head, body):
    """The request as the endpoint's verifier takes it."""
    line, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = line.split()
    pairs = (text.partition(": ") for text in lines)
    return Request(method, target, tuple((name.lower(), value) for name, _, value in pairs), body)


def check_signed(request, *, signed_body):
    settings = {"region": "us-west-2", "service": "streams"}
    if signed_body:
        verify(request, {STREAM_KEY.access_key_id: STREAM_KEY}, **settings, now_s=time())
        return
    assert request.header("x-amz-content-sha256") == "UNSIGNED-PAYLOAD"
    claim = read_claim(request.header("authorization"), request)
    assert "x-amz-content-sha256" in claim.signed_headers
    assert sign_again(request, STREAM_KEY, claim, read_date(request))[1] == claim.signature


class Answers:
    """A script that answers with one status after the other and keeps what it read."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.requests = []

    def __call__(self, wire):
        while True:
            head, body = wire.read_request()
            if not head:
                return
            self.requests.append(received(head, body))
            status = self.statuses.pop(0) if self.statuses else b"200 OK"
            wire.answer(b'{"Tag": "t", "message": "m"}', status)


CONTENT = bytes(range(256)) * 300


@pytest.mark.parametrize("method", ["put_signed", "put_unsigned"])
@pytest.mark.parametrize(
    "kind", [bytes, bytearray, memoryview, io.BytesIO, "file", "path", "small path", "text"]
)
def test_streams_of_known_length(streams, tmp_path, method, kind):
    content = CONTENT
    if kind == "file":
        (tmp_path / "content").write_bytes(CONTENT)
        body = (tmp_path / "content").open("rb")
    elif kind in ("path", "small path"):
        content = CONTENT if kind == "path" else b"small"
        body = tmp_path / "content"
        body.write_bytes(content)
    elif kind == "text":
        body, content = "tëxt", "tëxt".encode()
    else:
        body = kind(CONTENT)
    answers = Answers()
    with Peer(answers) as peer, connect_streams(streams, peer) as client:
        result = getattr(client, method)(Name="n", Content=body)
    if kind == "file":
        body.close()
    assert result.Tag == "t"
    (request,) = answers.requests
    assert request.body == content
    assert request.header("content-length") == str(len(content))
    assert request.header("transfer-encoding") is None
    check_signed(request, signed_body=method == "put_signed")


def list_open_files():
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{name}"))
    return found


def test_a_path_is_opened_for_the_call_and_closed(streams, tmp_path, sleeps):
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    answers = Answers(b"500 Oops")
    with Peer(answers) as peer, connect_streams(streams, peer) as client:
        client.put_unsigned(Name="n", Content=path)
        with pytest.raises(FileNotFoundError):
            client.put_unsigned(Content=tmp_path / "none")
    assert [request.body for request in answers.requests] == [CONTENT] * 2
    assert answers.requests[1].header("x-name") == "n"
    assert str(path) not in list_open_files()


def test_an_absent_stream_is_empty(streams):
    answers = Answers()
    with Peer(answers) as peer, connect_streams(streams, peer) as client:
        client.put_signed(Name="n")
    (request,) = answers.requests
    assert (request.body, request.header("content-length")) == (b"", "0")
    check_signed(request, signed_body=True)


class Once:
    """A file that can be read only once, and knows nothing else."""

    def __init__(self, content):
        self.file = io.BytesIO(content)

    def read(self, size=-1):
        return self.file.read(size)


@pytest.mark.parametrize("make", [lambda: [b"one", b"", CONTENT], lambda: Once(b"one" + CONTENT)])
def test_streams_of_unknown_length_are_sent_in_chunks(streams, make):
    answers = Answers()
    with Peer(answers) as peer, connect_streams(streams, peer) as client:
        client.put_unsigned(Content=make())
        with pytest.raises(ValidationError) as caught:
            client.put_signed(Content=make())
    kind = type(make()).__name__
    assert str(caught.value) == (
        f"$.Content: PutSigned signs its body: expected bytes or a seekable file, got `{kind}`"
    )
    (request,) = answers.requests
    assert request.body == b"one" + CONTENT
    assert request.header("transfer-encoding") == "chunked"
    assert request.header("content-length") is None
    check_signed(request, signed_body=False)


@pytest.mark.parametrize("method", ["put_signed", "put_unsigned"])
@pytest.mark.parametrize(
    "path",
    [
        "/proc/version",
        "/proc/self/status",
        "/proc/filesystems",
        "/sys/kernel/mm/transparent_hugepage/enabled",
    ],
)
def test_a_file_whose_size_is_not_what_it_says(streams, sleeps, method, path):
    """/proc says 0, or has no end to go to; /sys says a page."""
    if not os.path.exists(path):
        pytest.skip(f"no {path} here")
    answers = Answers(b"500 Oops")
    with Peer(answers) as peer, connect_streams(streams, peer) as client, open(path, "rb") as file:
        getattr(client, method)(Content=file)
    for request in answers.requests:
        assert request.body
        assert request.header("content-length") == str(len(request.body))
        check_signed(request, signed_body=method == "put_signed")
    assert len({request.body for request in answers.requests}) == 1
    assert len(answers.requests) == 2
    if path == "/proc/version":
        with open(path, "rb") as file:
            assert answers.requests[0].body == file.read()


def test_a_file_without_an_end_is_refused(streams, monkeypatch):
    monkeypatch.setattr(limits, "BODY_BYTES", 100_000)
    with Peer(Answers()) as peer, connect_streams(streams, peer) as client:
        with (
            open("/dev/zero", "rb") as file,
            pytest.raises(ValidationError, match=r"claims to have 0 bytes.*BODY_BYTES \(100000\)"),
        ):
            client.put_unsigned(Content=file)
        assert peer.accepted == 0


class Unwilling:
    """A pipe that must not wait."""

    def read(self, size=-1):
        return None


@pytest.mark.parametrize("size", [3, limits.SMALL_FILE_BYTES + 1])
def test_a_file_that_has_nothing_yet_has_not_ended(streams, size):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(2) or None

    with Peer(Answers()) as peer, connect_streams(streams, peer) as client:
        with pytest.raises(
            ValueError, match=r"read\(\) returned None: expected a file in blocking"
        ):
            client.put_signed(Content=Slow(b"a" * size))
        assert peer.accepted == 0


@pytest.mark.parametrize("wide", [array("I", range(50_000)), memoryview(array("d", range(9)))])
def test_pieces_with_items_larger_than_a_byte(streams, wide):
    whole = memoryview(wide).tobytes()
    pieces = [wide, b"x", memoryview(b"abcdef")[::2], bytearray(b"y"), array("I")]
    answers = Answers()
    with Peer(answers) as peer, connect_streams(streams, peer) as client:
        client.put_unsigned(Content=iter(pieces))
        with pytest.raises(
            ValueError, match=r"read\(\) returned None: expected a file in blocking"
        ):
            client.put_unsigned(Content=Unwilling())
        client.put_unsigned(Content=b"after")
    assert [request.body for request in answers.requests] == [whole + b"xacey", b"after"]


@pytest.mark.parametrize("method", ["put_signed", "put_unsigned"])
def test_a_retry_puts_a_file_back_to_where_it_stood(streams, sleeps, method):
    file = io.BytesIO(b"skipped" + CONTENT)
    file.seek(7)
    answers = Answers(b"500 Oops", b"503 Oops")
    with Peer(answers) as peer, connect_streams(streams, peer) as client:
        assert getattr(client, method)(Content=file).Tag == "t"
    assert [request.body for request in answers.requests] == [CONTENT] * 3
    assert [request.header("content-length") for request in answers.requests] == [
        str(len(CONTENT))
    ] * 3
    assert len(sleeps) == 2


def test_what_can_be_read_only_once_is_sent_only_once(streams, sleeps):
    answers = Answers(b"500 Oops")
    with (
        Peer(answers) as peer,
        connect_streams(streams, peer) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.put_unsigned(Content=iter([b"one"]))
    assert caught.value.status == 500
    assert len(answers.requests) == 1
    assert not sleeps


def test_the_time_is_learnt_even_from_what_cannot_be_sent_again(streams, sleeps):
    heads = []

    def script(wire):
        heads.append(wire.read_request()[0])
        wire.answer(
            b'{"message": "Signature expired: 1 is now earlier than 2"}',
            b"403 Forbidden",
            b"Date: %b\r\nx-amzn-ErrorType: InvalidSignatureException\r\nConnection: close\r\n"
            % formatdate(usegmt=True).encode(),
        )

    clock = Clock(lambda: 12.0)
    with Peer(script) as peer, connect_streams(streams, peer, clock=clock) as client:
        with pytest.raises(ServiceError, match="Signature expired"):
            client.put_unsigned(Content=iter([b"one"]))
        assert len(heads) == 1
        with pytest.raises(ServiceError, match="Signature expired"):
            client.put_unsigned(Content=iter([b"two"]))
    # Signed with the server's time from then on; without TLS it says nothing to the clock.
    assert b"19700101T0000" in heads[0]
    assert strftime("x-amz-date: %Y").encode() in heads[1]
    assert clock.now() == 12.0


EXPECTED = "$.Content: Expected bytes, a path, a binary file or an iterable of bytes"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (io.StringIO("x"), "$.Content: Expected a binary file, got a text file"),
        ({b"x": 1}, f"{EXPECTED}, got `dict`"),
        (5, f"{EXPECTED}, got `int`"),
    ],
)
def test_bodies_that_are_none(streams, body, text):
    answers = Answers()
    with (
        Peer(answers) as peer,
        connect_streams(streams, peer) as client,
        pytest.raises(ValidationError) as caught,
    ):
        client.put_unsigned(Content=body)
    assert str(caught.value) == text
    assert not answers.requests


def test_an_answer_is_read_as_it_comes(streams):
    def script(wire):
        while wire.read_request()[0]:
            wire.answer(CONTENT, more=b"ETag: tag\r\n")

    with Peer(script) as peer, connect_streams(streams, peer) as client:
        result = client.get()
        assert result.Tag == "tag"
        with result.Content as stream:
            assert stream.read(10) == CONTENT[:10]
            assert b"".join(stream) == CONTENT[10:]
        assert client.get().Content.read() == CONTENT
        with client.get().Content as stream:
            stream.read(10)
        assert client.get().Content.read() == CONTENT
    # Read to the end, a connection is kept; left in the middle, it is not.
    assert peer.accepted == 2


def test_an_error_in_place_of_a_stream_is_typed(streams):
    def script(wire):
        while wire.read_request()[0]:
            wire.answer(
                b'{"message": "not here", "what": "w"}',
                b"404 Not Found",
                b"x-amzn-ErrorType: Missing\r\nx-amzn-RequestId: r\r\n",
            )

    with Peer(script) as peer, connect_streams(streams, peer) as client:
        for _ in range(2):
            with pytest.raises(client.exceptions.Missing) as caught:
                client.get()
    error = caught.value
    assert (error.message, error.what, error.request_id) == ("not here", "w", "r")
    assert error.status == 404
    assert peer.accepted == 1


def test_an_error_that_never_ends_is_read_as_far_as_it_came(streams, monkeypatch):
    monkeypatch.setattr(limits, "RESPONSE_TIMEOUT_S", 0.0)

    def script(wire):
        wire.read_request()
        wire.send(
            b"HTTP/1.1 404 Not Found\r\nx-amzn-ErrorType: Missing\r\n"
            b"transfer-encoding: chunked\r\n\r\n17\r\n" + b'{"message": "not here"}\r\n'
        )
        wire.read_request()  # until the client closes

    with (
        Peer(script) as peer,
        connect_streams(streams, peer, retries=0) as client,
        pytest.raises(client.exceptions.Missing) as caught,
    ):
        client.get()
    assert caught.value.message == "not here"


BLOCK = b"b" * 65_536
BLOCKS = 400  # 26 MB


class Endless:
    """A seekable file of BLOCKS blocks that holds only one of them."""

    def __init__(self):
        self.position = 0

    def seekable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=0):
        self.position = offset + (len(BLOCK) * BLOCKS if whence == 2 else 0)
        return self.position

    def read(self, size=-1):
        size = max(0, min(size, len(BLOCK) * BLOCKS - self.position))
        self.position += size
        return BLOCK[:size]


def test_an_endless_error_in_place_of_a_stream_ends(streams):
    def script(wire):
        wire.read_request()
        wire.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 99999999999\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(BLOCKS):
                wire.send(BLOCK)

    with (
        Peer(script) as peer,
        connect_streams(streams, peer) as client,
        traced_peak(1_500_000),
        pytest.raises(ServiceError) as caught,
    ):
        client.get()
    assert (caught.value.status, len(caught.value.message)) == (404, 200)


def test_large_bodies_take_constant_memory(streams):
    sizes = []

    def script(wire):
        while head := wire.read_head():
            if head.startswith(b"GET"):
                wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(BLOCK) * BLOCKS))
                for _ in range(BLOCKS):
                    wire.send(BLOCK)
                continue
            left = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            sizes.append(left)
            while left:
                left -= len(wire.read(min(left, 65_536)))
            wire.answer(b"{}")

    with Peer(script) as peer, connect_streams(streams, peer) as client:
        client.put_signed(Content=b"warm up")
        with traced_peak(1_500_000):
            client.put_signed(Content=Endless())
            client.put_unsigned(Content=Endless())
            assert sum(map(len, client.get().Content)) == len(BLOCK) * BLOCKS
    assert sizes == [7, len(BLOCK) * BLOCKS, len(BLOCK) * BLOCKS]
