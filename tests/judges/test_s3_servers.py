"""S3 at two servers of different make, in Go, that verify signatures: over plain HTTP and TLS."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import aws
import edgemote
import edgemote.s3
from aws.s3_whole import S3
from edgemote import DamagedBodyError, ServiceError
from judges.s3_servers import Server
from judges.s3_servers import server as server

MIB = 1 << 20
LARGE = os.urandom(MIB) * 12 + b"the end"
KEYS = ["a b", " é/日本 ", "+~*!()';:@&=$,?%", "100%/a%20b+c", ".hidden", "x/.y", "a=b#c"]


@pytest.fixture(params=["plain", "secure"])
def s3(server: Server, request: pytest.FixtureRequest) -> Iterator[S3]:
    with server.connect(server.url if request.param == "plain" else server.secure_url) as client:
        yield client


def test_wrong_keys_are_refused(server: Server) -> None:
    wrong = edgemote.Credentials(server.keys.access_key_id, "wrong")
    with server.connect(credentials=wrong) as client, pytest.raises(ServiceError) as caught:
        client.put_object(Bucket="bucket", Key="k", Body=b"x")
    assert caught.value.code == "SignatureDoesNotMatch"


def test_keys_metadata_and_conditions(server: Server, s3: S3) -> None:
    keys = list(KEYS)
    # rclone keeps objects as files of their names, which have no such ones.
    if server.name == "seaweedfs":
        keys += ["a//b.bin", "//a"]
    for key in keys:
        body = key.encode() + bytes(range(256))
        where = {"Bucket": "bucket", "Key": key}
        metadata = {"inner": "two  words   and three", "plain": "x"}
        put = s3.put_object(**where, Body=body, Metadata=metadata)
        head = s3.head_object(**where)
        assert (head.ContentLength, head.ETag) == (len(body), put.ETag), key
        found = {name.lower(): value for name, value in (head.Metadata or {}).items()}
        assert found.items() >= metadata.items()
        part = s3.get_object(**where, Range="bytes=2-5", IfMatch=put.ETag)
        assert (part.Body.read(), part.ContentRange) == (body[2:6], f"bytes 2-5/{len(body)}")
        assert s3.get_object(**where, Range="bytes=-3").Body.read() == body[-3:]
        if server.name == "rclone":  # it passes conditions over
            continue
        with pytest.raises(ServiceError) as caught:
            s3.get_object(**where, IfMatch='"other"')
        assert caught.value.status == 412
        with pytest.raises(ServiceError) as caught:
            s3.head_object(**where, IfNoneMatch=put.ETag)
        assert caught.value.status == 304
    listed = {one.Key for one in s3.list_objects_v2(Bucket="bucket").Contents or ()}
    assert listed >= set(KEYS)  # SeaweedFS lists the others as if they had one slash


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_trailing_checksums(server: Server, tmp_path: Path, algorithm: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE[:200_000])
    where = {"Bucket": "bucket", "Key": f"checked/{algorithm}"}
    with server.connect(server.secure_url) as client:
        client.put_object(**where, Body=path, ChecksumAlgorithm=algorithm)
        client.put_object(**where, Body=b"small", ChecksumAlgorithm=algorithm)
        assert client.get_object(**where).Body.read() == b"small"
        client.put_object(**where, Body=path, ChecksumAlgorithm=algorithm)
        answer = client.get_object(**where, ChecksumMode="ENABLED")
        assert answer.Body.read() == LARGE[:200_000]
        if server.name == "seaweedfs":  # rclone keeps none
            assert getattr(answer, f"Checksum{algorithm}")
            wrong = {f"Checksum{algorithm}": getattr(answer, f"Checksum{algorithm}")}
            with pytest.raises(ServiceError) as caught:
                client.put_object(**where, Body=b"other", **wrong)
            assert caught.value.status == 400


@pytest.mark.slow
def test_files_both_ways(s3: S3, tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    for content in (b"", b"small", LARGE):
        source.write_bytes(content)
        edgemote.s3.upload_file(s3, source, "bucket", "way/é b", ContentType="a/b")
        edgemote.s3.download_file(s3, "bucket", "way/é b", copy)
        assert copy.read_bytes() == content
    assert s3.head_object(Bucket="bucket", Key="way/é b").ContentType == "a/b"
    assert sorted(os.listdir(tmp_path)) == ["copy", "source"]


_UPLOADING = """
import os, signal, sys
import edgemote, edgemote.s3
from aws.s3_whole import S3
import aws
url, ca_file, key_id, secret, path, way = sys.argv[1:]
client = edgemote.connect(S3, region="us-west-2", endpoint_url=url, ca_file=ca_file,
                          credentials=edgemote.Credentials(key_id, secret))
def die(done, total):
    if done > 7_000_000:
        print(done, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
if way == "up":
    edgemote.s3.upload_file(client, path, "bucket", "killed", part_bytes=5 << 20, progress=die)
else:
    edgemote.s3.download_file(client, "bucket", "killed", path, progress=die)
"""


@pytest.mark.slow
def test_what_a_killed_process_has_done_is_done(server: Server, tmp_path: Path) -> None:
    """Both ways: the next one goes on."""
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(LARGE)
    program = tmp_path / "program.py"
    program.write_text(
        _UPLOADING.replace("import aws\n", "")
        .replace(
            "from aws.s3_whole",
            f"import aws; aws.__path__[:] = {list(aws.__path__)!r}\nfrom aws.s3_whole",
        )
        .replace("import edgemote,", f"sys.path[:0] = {sys.path!r}\nimport edgemote,")
    )

    def run(path: Path, way: str) -> None:
        keys = server.keys.access_key_id, server.keys.secret_access_key
        command = [str(program), server.url, server.ca_file, *keys, str(path), way]
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == -signal.SIGKILL, done.stderr

    told: list[int] = []
    run(source, "up")
    with server.connect() as client:
        edgemote.s3.upload_file(
            client,
            source,
            "bucket",
            "killed",
            part_bytes=5 << 20,
            progress=lambda done, _: told.append(done),
        )
        assert told[0] == 5 << 20  # the part that was through
        run(copy, "down")
        assert not copy.exists()
        told.clear()
        edgemote.s3.download_file(
            client, "bucket", "killed", copy, progress=lambda done, _: told.append(done)
        )
    assert told[0] > 7_000_000
    assert copy.read_bytes() == LARGE


class Flipper:
    """Carries connections, and flips one bit in the direction that it is told to."""

    def __init__(self, target: str, flips: str, place: bytes) -> None:
        host, _, port = target.rpartition("/")[2].partition(":")
        self._target = host, int(port)
        self._flips = flips
        self._place = place
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        for sock in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)
        for sock in (self._listener, *self._sockets):
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                server = socket.create_connection(self._target)
                self._sockets.append(server)
                for way, source, sink in (("up", client, server), ("down", server, client)):
                    self._start(self._carry, source, sink, way == self._flips)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _carry(self, source: socket.socket, sink: socket.socket, flips: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if flips:
                    data = data.replace(self._place, self._place[:-1] + b"?")
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def flip(server: Server) -> Iterator[Callable[..., S3]]:
    with contextlib.ExitStack() as opened:

        def make(flips: str) -> S3:
            flipper = Flipper(server.url, flips, b"the end")
            opened.callback(flipper.close)
            # The signature covers the host: as behind a balancer, the server is told its own.
            client = server.connect(flipper.url, retries=0)
            opened.callback(client.close)
            return client

        yield make


@pytest.mark.slow
def test_a_body_that_was_tampered_with_is_refused(
    server: Server, flip: Callable[..., S3], tmp_path: Path
) -> None:
    body = LARGE[-300_000:]
    where = {"Bucket": "bucket", "Key": "tampered"}
    # SeaweedFS looks at the checksum only, and rclone at no more than a Content-MD5.
    md5 = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    more = {"ContentMD5": md5} if server.name == "rclone" else {"ChecksumAlgorithm": "CRC32"}
    with pytest.raises(ServiceError) as caught:
        flip("up").put_object(**where, Body=body, **more)
    assert caught.value.status == 400
    with server.connect() as client:
        with pytest.raises(ServiceError):
            client.head_object(**where)
        client.put_object(**where, Body=body, ChecksumAlgorithm="CRC32")
    client = flip("down")
    with pytest.raises(DamagedBodyError):
        edgemote.s3.download_file(client, "bucket", "tampered", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
