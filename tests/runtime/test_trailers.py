"""Checksums that follow a body: what S3 is sent over TLS, and what a file is read for."""

from __future__ import annotations

import io
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import trustme
from botocore.config import Config

import edgemote
from aws.s3_whole import S3
from calls import Ours
from edgemote import ServiceError, ValidationError, limits
from edgemote.client.trailers import TrailedBody
from oracle import Oracle

from .http_peer import Peer, Wire

OK = (200, {}, b"")
WHERE = {"Bucket": "bucket", "Key": "key"}
LARGE = bytes(range(256)) * 500
KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between attempts; but patience, however busy the machine is, for a word of the peer's."""
    monkeypatch.setattr(limits, "CONTINUE_S", 3600.0)
    monkeypatch.setattr(edgemote.client.pipeline.time, "sleep", lambda _: None)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle("s3", config=Config(request_checksum_calculation="when_supported"))


@pytest.fixture(scope="module")
def ours() -> Ours:
    return Ours("s3-whole")


class File(io.BytesIO):
    """A file that counts what is read of it."""

    total = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.total += len(data)
        return data


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"ContentEncoding": "gzip", "ContentType": "text/plain"},
        {"ContentLength": len(LARGE), "Metadata": {"a": "b"}},
        {"ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="},
        *({"ChecksumAlgorithm": name} for name in ("CRC32", "SHA1", "SHA256", "SHA512")),
        {"ChecksumSHA256": "theirs"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["put_object", "upload_part"])
def test_a_files_request_is_botocores(
    ours: Ours, oracle: Oracle, method: str, more: dict[str, Any]
) -> None:
    params = {**WHERE, **more}
    if method == "upload_part":
        if {"ContentEncoding", "Metadata"} & set(more):
            pytest.skip("no parameters of this operation")
        params |= {"UploadId": "id", "PartNumber": 3}
    expected, _ = oracle.call(method, {**params, "Body": io.BytesIO(LARGE)}, OK)
    file = File(LARGE)
    sent, _ = ours.call(method, {**params, "Body": file}, OK)
    theirs, found = expected.facts(), sent.facts()
    assert join_chunks(found.pop("body")) == join_chunks(theirs.pop("body"))
    assert found == theirs
    if "ChecksumSHA256" not in more:
        assert "with a trailer" in found["signing"]
        assert file.total == len(LARGE)  # read once


def join_chunks(body: bytes) -> tuple[bytes, bytes]:
    """Content and trailer of aws-chunked; chunks may be of any size from 8,192 on."""
    content = b""
    if body == LARGE:
        return body, b""
    while True:
        line, _, body = body.partition(b"\r\n")
        size = int(line, 16)
        if not size:
            return content, body
        content += body[:size]
        assert body[size : size + 2] == b"\r\n"
        body = body[size + 2 :]
        assert size >= 8192 or body.startswith(b"0\r\n")


def test_chunks_of_small_pieces_are_large_enough(ours: Ours) -> None:
    pieces = [b"ab", b"", *(b"x" * size for size in range(1, 1000))]
    ours.call("put_object", {**WHERE, "Body": iter(pieces), "ContentLength": 499502}, OK)
    assert ours.recorder.raw.headers["x-amz-decoded-content-length"] == "499502"
    assert "content-length" not in ours.recorder.raw.headers
    content, trailer = join_chunks(ours.recorder.raw.body)
    assert content == b"".join(pieces)
    text = b64encode(crc32(content).to_bytes(4, "big"))
    assert trailer == b"x-amz-checksum-crc32:%b\r\n\r\n" % text


@pytest.mark.parametrize("name", ["CRC32", "CRC64NVME", "SHA1", "SHA256"])
@pytest.mark.parametrize("size", [0, 1, 15, 16, 65_535, 65_536, 65_537, 200_000])
def test_the_length_is_known_beforehand(size: int, name: str) -> None:
    """However much each read gives."""

    class Short(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 9_999))

    body = TrailedBody(Short(bytes(size)), f"x-amz-checksum-{name.lower()}")
    assert sum(map(len, body)) == body.size_bytes


def test_bytes_are_signed_unless_a_checksum_is_chosen(ours: Ours, oracle: Oracle) -> None:
    for body in (b"", b"some", LARGE):
        sent, _ = ours.call("put_object", {**WHERE, "Body": body}, OK)
        assert sent.signing == "us-west-2/s3"
        assert "x-amz-trailer" not in sent.headers
        params = {**WHERE, "Body": body, "ChecksumAlgorithm": "SHA1"}
        expected, _ = oracle.call("put_object", params, OK)
        found = ours.call("put_object", params, OK)[0].facts()
        theirs = expected.facts()
        assert join_chunks(found.pop("body")) == join_chunks(theirs.pop("body"))
        assert found == theirs


def test_a_length_that_is_wrong_is_refused(ours: Ours) -> None:
    with pytest.raises(ValidationError, match=r"^\$\.ContentLength: the body has 128000 bytes"):
        ours.call("put_object", {**WHERE, "Body": io.BytesIO(LARGE), "ContentLength": 5}, OK)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def connect(authority: trustme.CA, tmp_path: Path) -> Iterator[Callable[..., S3]]:
    """`connect(script)`: a client of a TLS peer, or of one without TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    opened: list[Any] = []

    def make(script: Callable[[Wire], None], secure: bool = True, **options: Any) -> S3:
        peer = Peer(script, context if secure else None)
        peer.__enter__()
        client = edgemote.connect(
            S3,
            region="us-west-2",
            endpoint_url=peer.origin,
            credentials=KEYS,
            ca_file=str(tmp_path / "ca.pem"),
            **options,
        )
        opened.extend((peer, closing(client)))
        return client

    yield make
    while opened:
        opened.pop().__exit__(None, None, None)


def test_on_the_wire_and_again_after_an_error(connect: Callable[..., S3]) -> None:
    """A file that is sent again is put back to where it stood."""
    heads: list[bytes] = []
    bodies: list[bytes] = []
    statuses = [b"500 Oops", b"503 Slow Down", b"200 OK"]

    def script(wire: Wire) -> None:
        while True:
            head = wire.read_head()
            if not head:
                return
            assert b"\r\nexpect: 100-continue\r\n" in head
            wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            length = int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0])
            body = wire.read(length)
            heads.append(head)
            bodies.append(body)
            wire.answer(status=statuses.pop(0), more=b'ETag: "e"\r\n')

    client = connect(script)
    file = File(b"skipped" + LARGE)
    file.seek(7)
    assert client.put_object(**WHERE, Body=file).ETag == '"e"'
    assert [join_chunks(body)[0] for body in bodies] == [LARGE] * 3
    assert file.total == 3 * len(LARGE)
    for head in heads:
        assert b"\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n" in head
        assert b"\r\ntransfer-encoding" not in head
        assert b"\r\nx-amz-decoded-content-length: %d\r\n" % len(LARGE) in head
        assert b"content-length;" in head.partition(b"SignedHeaders=")[2]


@pytest.mark.parametrize("secure", [True, False])
def test_eight_megabytes_that_are_refused_cost_a_head(
    connect: Callable[..., S3], secure: bool, tmp_path: Path
) -> None:

    def refuse(wire: Wire) -> None:
        assert wire.read_head()
        wire.answer(b"<Error><Code>AccessDenied</Code></Error>", b"403 Forbidden")
        assert wire.read(1) == b""

    class Meter:
        bytes = 0

        def connected(self) -> None: ...

        def resumed(self) -> None: ...

        def sent(self, size: int) -> None:
            self.bytes += size

        def received(self, size: int) -> None: ...

    meter = Meter()
    client = connect(refuse, secure, meter=meter)
    path = tmp_path / "large"
    path.write_bytes(bytes(8 << 20))
    for body in (path, path.read_bytes()):
        with pytest.raises(ServiceError, match="AccessDenied"):
            client.put_object(**WHERE, Body=body)
    assert meter.bytes < 2 * 1200


def test_what_can_be_read_once_is_sent_once(connect: Callable[..., S3]) -> None:
    heads: list[bytes] = []

    def script(wire: Wire) -> None:
        while head := wire.read_head():
            heads.append(head)
            wire.answer(status=b"503 Slow Down")

    client = connect(script)
    with pytest.raises(ServiceError) as caught:
        client.put_object(**WHERE, Body=iter([LARGE]), ContentLength=len(LARGE))
    assert caught.value.status == 503
    assert len(heads) == 1


def test_without_tls_the_body_is_signed(connect: Callable[..., S3]) -> None:
    requests: list[tuple[bytes, bytes]] = []

    def script(wire: Wire) -> None:
        while True:
            head = wire.read_head()
            if not head:
                return
            wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            requests.append((head, wire.read(len(LARGE))))
            wire.answer()

    client = connect(script, secure=False)
    assert len(LARGE) > limits.SMALL_FILE_BYTES
    client.put_object(**WHERE, Body=io.BytesIO(LARGE))
    client.put_object(**WHERE, Body=io.BytesIO(LARGE), ChecksumAlgorithm="CRC32C")
    with pytest.raises(ValidationError, match="expected bytes or a seekable file"):
        client.put_object(**WHERE, Body=iter([LARGE]))
    for head, body in requests:
        assert b"trailer" not in head
        assert body == LARGE
    assert b"\r\nx-amz-checksum-crc32c: " in requests[1][0]
