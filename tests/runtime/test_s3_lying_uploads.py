"""Uploads to servers that lie, of sources that change, with states that cannot be written."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import resource
import signal
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

import edgemote
import edgemote.s3
from aws.s3_whole import S3
from edgemote import ConfigError, ProtocolError, ServiceError
from edgemote.s3 import TransferError, upload

from .http_peer import Wire
from .object_peer import Objects, connect_store

PART = 100_000
CONTENT = os.urandom(2 * PART + 7)
PARTS_MD5 = b"".join(md5(CONTENT[at : at + PART]).digest() for at in range(0, len(CONTENT), PART))
PORTAL = b"<html><title>Log in</title></html>"
Store = tuple[Objects, S3]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(upload, "LEAST_PART_BYTES", PART)
    objects = Liar()
    with objects.serve() as peer, connect_store(peer, retries=0) as client:
        yield objects, client


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(CONTENT)
    return path


class Liar(Objects):
    """`lies` are the bodies of answers of status 200, by the start of method and query."""

    def __init__(self) -> None:
        super().__init__()
        self.lies: dict[str, bytes] = {}

    def __getattribute__(self, name: str) -> Any:
        if name.startswith(("_post", "_put", "_get", "_head", "_delete")):
            for lie, body in self.lies.items():
                if name == lie:

                    def answer(wire: Wire, head: str, *_: Any, body: bytes = body) -> bool:
                        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
                        if not head.startswith("HEAD"):
                            wire.send(body)
                        return True

                    return answer
        return super().__getattribute__(name)


def send(client: Any, path: Any, **options: Any) -> Any:
    options = {"part_bytes": PART, "threshold_bytes": PART, **options}
    how = edgemote.s3.upload_fileobj if hasattr(path, "read") else edgemote.s3.upload_file
    return how(client, path, "bucket", "key", **options)


def fail_at(part: int) -> Any:
    return lambda method, query: "SlowDown" if f"partNumber={part}" in query else None


@pytest.mark.parametrize("body", [PORTAL, b""])
@pytest.mark.parametrize("lie", ["_post_uploads", "_put_uploadId", "_post_uploadId"])
def test_success_that_s3_did_not_report(store: Store, path: Path, lie: str, body: bytes) -> None:
    objects, client = store
    objects.lies = {lie: body}
    with pytest.raises(ProtocolError, match=r"lacks its (ETag|UploadId)"):
        send(client, path)
    objects.lies = {}
    send(client, path)
    assert objects.content == CONTENT
    assert os.listdir(path.parent) == ["source"]
    objects.lies = {lie: body}
    with pytest.raises(ProtocolError):
        send(client, io.BytesIO(CONTENT))
    assert objects.uploads == {}


def test_a_small_file_that_s3_did_not_get(store: Store, path: Path) -> None:
    objects, client = store
    objects.lies = {"_put": PORTAL}
    with pytest.raises(ProtocolError, match="lacks its ETag"):
        send(client, path, threshold_bytes=1 << 20)


@pytest.mark.parametrize("on_exists", ["skip", "error"])
def test_a_portal_is_no_object_that_exists(store: Store, path: Path, on_exists: str) -> None:
    objects, client = store
    objects.lies = {"_head": PORTAL}
    with pytest.raises(ProtocolError, match="lacks its ETag"):
        send(client, path, on_exists=on_exists)
    assert objects.requests == [("HEAD", "")]


@pytest.mark.parametrize("code", ["InternalError", "AccessDenied"])
def test_an_error_under_status_200_is_one(store: Store, path: Path, code: str) -> None:
    objects, client = store
    objects.lies = {"_post_uploadId": f"  <Error><Code>{code}</Code></Error>".encode()}
    with pytest.raises(ServiceError, match=code):
        send(client, path)
    objects.lies = {}
    send(client, path)
    assert objects.content == CONTENT
    assert [method for method, _ in objects.requests].count("PUT") == 3


# State files --------------------------------------------------------------------------------------


def test_two_uploads_of_one_file(store: Store, path: Path) -> None:
    """The second one neither adds its parts to the first one's upload nor aborts it."""
    objects, client = store
    errors = []

    def rival(done: int, total: int | None) -> None:
        if done > PART and not errors:
            with pytest.raises(OSError, match="another upload") as caught:
                send(client, path)
            errors.append(caught.value)
            with pytest.raises(OSError, match="another upload"):
                edgemote.s3.abort_upload(client, path, "bucket", "key")

    send(client, path, progress=rival)
    assert errors[0].errno == errno.EBUSY
    assert objects.content == CONTENT
    assert [method for method, _ in objects.requests] == ["POST", "PUT", "PUT", "PUT", "POST"]
    assert os.listdir(path.parent) == ["source"]


def test_a_file_system_without_locks(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(edgemote.s3, "flock", refuse)
    send(store[1], path)
    assert store[0].content == CONTENT


def test_a_state_that_cannot_be_written_costs_nothing(store: Store, path: Path) -> None:
    objects, client = store
    path.with_name("link").symlink_to("none")
    for place in ("/proc/state", path.parent, path.parent / "none/state", path.with_name("link")):
        with pytest.raises(ConfigError, match=r"argument state_file: .* cannot be written"):
            send(client, path, state_file=place)
    assert objects.requests == []
    long = path.with_name("n" * 255)
    path.rename(long)
    with pytest.raises(ConfigError, match="state_file"):
        send(client, long)
    assert objects.requests == []


def test_a_refused_upload_leaves_no_state(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown"
    with pytest.raises(ServiceError):
        send(client, path)
    assert os.listdir(path.parent) == ["source"]


@pytest.mark.parametrize("room", [0, 300])
def test_a_disk_without_room_for_the_state(store: Store, path: Path, room: int) -> None:
    objects, client = store
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(OSError, match=r"\.upload") as caught:
            send(client, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.errno in (errno.EFBIG, errno.ENOSPC)
    assert len(objects.uploads) == (room > 0)
    send(client, path)  # goes on with what is recorded
    assert objects.content == CONTENT
    assert objects.uploads == {}
    assert os.listdir(path.parent) == ["source"]


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket"])
def test_an_abort_that_is_refused_blocks_nothing(store: Store, path: Path, code: str) -> None:
    """s3:AbortMultipartUpload is a permission of its own."""
    objects, client = store
    objects.fault = fail_at(3)
    with pytest.raises(ServiceError):
        send(client, path)
    os.utime(path, (1, 1))
    objects.fault = lambda method, query: code if method == "DELETE" else None
    send(client, path)
    assert objects.content == CONTENT
    assert os.listdir(path.parent) == ["source"]


@pytest.mark.parametrize("fault", ["AccessDenied", "cut"])
def test_an_abort_that_fails_hides_no_reason(store: Store, fault: str) -> None:
    objects, client = store
    objects.fault = lambda method, query: fault if method == "DELETE" else fail_at(2)(method, query)
    with pytest.raises(ServiceError, match="SlowDown"):
        send(client, io.BytesIO(CONTENT))


def test_an_abort_that_fails_hides_no_change(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: "cut" if method == "DELETE" else None
    with pytest.raises(TransferError, match="changed while"):
        send(client, path, progress=lambda done, total: os.utime(path, (1, 1)))
    objects.fault = lambda method, query: None
    send(client, path)  # aborts it
    assert objects.uploads == {}


# Sources ------------------------------------------------------------------------------------------


def test_a_stream_that_is_interrupted_leaves_nothing(store: Store) -> None:
    """As s3transfer does."""

    class Interrupted(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > PART:
                raise KeyboardInterrupt
            return super().read(size)

        def seekable(self) -> bool:
            return False

    with pytest.raises(KeyboardInterrupt):
        send(store[1], Interrupted(CONTENT))
    assert store[0].uploads == {}


@pytest.mark.parametrize("change", ["grow", "shrink", "touch"])
def test_a_small_file_that_changes_is_not_stored(store: Store, path: Path, change: str) -> None:
    objects, client = store

    def act(done: int, total: int | None) -> None:
        if change == "grow":
            with open(path, "ab") as file:
                file.write(b"more")
        elif change == "shrink":
            os.truncate(path, 100)
        else:
            os.utime(path, (1, 1))

    with pytest.raises((TransferError, ValueError)):
        send(client, path, threshold_bytes=1 << 20, progress=act)
    assert objects.content is None


def test_a_file_that_is_replaced_goes_as_it_was(store: Store, path: Path) -> None:
    def act(done: int, total: int | None) -> None:
        if done < 50_000:
            path.with_name("new").write_bytes(b"new")
            os.replace(path.with_name("new"), path)

    send(store[1], path, progress=act)
    assert store[0].content == CONTENT


class Odd:
    """read() gives other kinds of bytes, or more than it was asked for."""

    def __init__(self, content: bytes, kind: Any, more: int = 0) -> None:
        self._file = io.BytesIO(content)
        self._kind, self._more = kind, more

    def read(self, size: int = -1) -> Any:
        assert size > 0
        return self._kind(self._file.read(size + self._more))


@pytest.mark.parametrize("content", [CONTENT, CONTENT[:9]], ids=["large", "small"])
@pytest.mark.parametrize(("kind", "more"), [(bytearray, 0), (memoryview, 0), (bytes, 10)])
def test_a_file_object_with_other_bytes(store: Store, content: bytes, kind: Any, more: int) -> None:
    send(store[1], Odd(content, kind, more))
    assert store[0].content == content


@pytest.mark.parametrize("extra", [-1, 0, 1])
@pytest.mark.parametrize("parts", [0, 1, 2])
@pytest.mark.parametrize("kind", ["path", "file", "pipe"])
def test_sizes_at_the_borders(
    store: Store, tmp_path: Path, kind: str, parts: int, extra: int
) -> None:
    objects, client = store
    content = CONTENT[: max(0, parts * PART + extra)]
    source: Any = tmp_path / "source"
    source.write_bytes(content)
    if kind == "file":
        source = io.BytesIO(content)
    elif kind == "pipe":
        source = Odd(content, bytes)
    send(client, source)
    assert objects.content == content


def test_a_path_of_bytes(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = fail_at(3)
    with pytest.raises(ServiceError):
        send(client, os.fsencode(path))
    assert len(os.listdir(path.parent)) == 2
    assert edgemote.s3.abort_upload(client, os.fsencode(path), "bucket", "key")
    assert os.listdir(path.parent) == ["source"]


def test_a_callback_that_raises(store: Store, path: Path) -> None:
    def fail(done: int, total: int | None) -> None:
        if done > PART:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(store[1], path, progress=fail)
    assert len(store[0].uploads) == 1
    send(store[1], path)
    assert store[0].content == CONTENT
    with pytest.raises(ZeroDivisionError):
        send(store[1], io.BytesIO(CONTENT), progress=fail)
    assert store[0].uploads == {}


# What exists --------------------------------------------------------------------------------------


@pytest.mark.parametrize("on_exists", ["skip", "error"])
def test_the_retry_of_a_completion_meets_its_own_object(
    store: Store, path: Path, on_exists: str
) -> None:
    """Its first response was lost, and 412 is the second one."""
    objects, client = store

    def fault(method: str, query: str) -> Any:
        if method != "POST" or query != "uploadId=u0":
            return None
        if objects.content is None:
            etag = f'"{md5(PARTS_MD5).hexdigest()}-3"'
            objects.content, objects.etag = CONTENT, etag
        return "PreconditionFailed"

    objects.fault = fault
    assert send(client, path, on_exists=on_exists).ETag == objects.etag
    assert os.listdir(path.parent) == ["source"]


@pytest.mark.parametrize("on_exists", ["skip", "error"])
def test_an_unfinished_upload_of_what_exists_is_aborted(
    store: Store, path: Path, on_exists: str
) -> None:
    objects, client = store
    objects.fault = fail_at(3)
    with pytest.raises(ServiceError):
        send(client, path)
    objects.content = b"of another device"
    if on_exists == "skip":
        assert send(client, path, on_exists=on_exists) is None
    else:
        with pytest.raises(FileExistsError):
            send(client, path, on_exists=on_exists)
    assert objects.uploads == {}
    assert os.listdir(path.parent) == ["source"]


def test_a_pipe_does_not_block(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    def fail(*_: object) -> None:
        raise AssertionError("open() waits for a writer")

    handler = signal.signal(signal.SIGALRM, fail)
    signal.alarm(20)
    try:
        for path in (tmp_path / "pipe", "/dev/zero"):
            with pytest.raises(TransferError, match="not a regular file"):
                send(store[1], path)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)
    with pytest.raises(IsADirectoryError):
        send(store[1], tmp_path)


@pytest.mark.parametrize("name", ["/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"])
def test_a_file_that_understates_its_size(store: Store, name: str) -> None:
    """Of /proc files, the size is 0; of those in /sys, it is a page."""
    if not os.path.exists(name):
        pytest.skip("this kernel has no such file")
    send(store[1], name)
    assert store[0].content == Path(name).read_bytes() != b""
