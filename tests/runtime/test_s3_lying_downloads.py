"""Downloads from servers that lie, and to places that are no plain file."""

from __future__ import annotations

import errno
import io
import os
import re
import resource
import signal
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

import edgemote
import edgemote.s3
from edgemote import DamagedBodyError, ProtocolError
from edgemote.http.body import Body
from edgemote.s3 import TransferError, download

from .http_peer import Peer, Wire
from .object_peer import connect_store, crc32_text

CONTENT = bytes(range(256)) * 1000
SIZE = len(CONTENT)
# What a server sends for the request number so many: status, headers, body. Content-Length is added
# unless it is given.
Answer = tuple[str, dict[str, Any], bytes]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


class Server:
    """Answers as `answer(number, head)` says; a body that is shorter than announced ends it."""

    def __init__(self, answer: Callable[[int, str], Answer]) -> None:
        self.answer = answer
        self.heads: list[str] = []

    def script(self, wire: Wire) -> None:
        while head := wire.read_head().decode():
            self.heads.append(head)
            status, headers, body = self.answer(len(self.heads), head)
            headers = {"Content-Length": len(body), **headers}
            lines = "".join(f"{k}: {v}\r\n" for k, v in headers.items() if v is not None)
            wire.send(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())
            if head.startswith("HEAD"):
                continue
            wire.send(body)
            if headers["Content-Length"] != len(body):
                return


def range_of(head: str) -> int | None:
    found = re.search(r"range: bytes=(\d+)-", head)
    return int(found[1]) if found else None


def serve(
    target: Any, answer: Callable[[int, str], Answer], **options: Any
) -> tuple[list[str], Any]:
    """Download to a path or a file object. The requests' heads, and what was raised."""
    server = Server(answer)
    failure = None
    with Peer(server.script) as peer, connect_store(peer, retries=0) as client:
        how = (
            edgemote.s3.download_fileobj if hasattr(target, "write") else edgemote.s3.download_file
        )
        try:
            how(client, "bucket", "key", target, **options)
        except Exception as error:
            failure = error
    return server.heads, failure


def is_whole(path: Path) -> bool:
    """Not compared by the assertion itself, which would look for the difference for minutes."""
    return path.read_bytes() == CONTENT


PLAIN: Answer = ("200 OK", {"ETag": '"e"'}, CONTENT)


def test_partial_content_for_the_whole_is_refused(tmp_path: Path) -> None:
    def answer(number: int, head: str) -> Answer:
        return "206 P", {"ETag": '"e"', "Content-Range": f"bytes 0-99/{SIZE}"}, CONTENT[:100]

    _, failure = serve(tmp_path / "copy", answer)
    assert type(failure) is ProtocolError
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "lie",
    [
        lambda first: f"bytes {first}-{SIZE - 1}/{SIZE * 2}",
        lambda first: f"bytes {first + 1}-{SIZE - 1}/{SIZE}",
        lambda first: f"bytes {first}-{SIZE}/{SIZE}",
        lambda first: f"bytes {first}-{first - 1}/{SIZE}",
        lambda first: f"bytes */{SIZE}",
        lambda first: f"items {first}-{SIZE - 1}/{SIZE}",
        lambda first: "nonsense",
        lambda first: "",
    ],
)
def test_another_range_or_size_is_refused(tmp_path: Path, lie: Callable[[int], str]) -> None:
    def answer(number: int, head: str) -> Answer:
        first = range_of(head)
        if first is None:
            return "200 OK", {"ETag": '"e"', "Content-Length": SIZE}, CONTENT[:1000]
        return "206 P", {"ETag": '"e"', "Content-Range": lie(first)}, CONTENT[first:]

    heads, failure = serve(tmp_path / "copy", answer)
    assert type(failure) is ProtocolError
    assert len(heads) == download.ATTEMPTS
    assert not (tmp_path / "copy").exists()


def test_a_body_longer_than_its_range_is_refused(tmp_path: Path) -> None:
    def answer(number: int, head: str) -> Answer:
        first = range_of(head)
        if first is None:
            return "200 OK", {"ETag": '"e"', "Content-Length": SIZE}, CONTENT[:1000]
        last = first + 9
        more = b"?" * 10
        return (
            "206 P",
            {"ETag": '"e"', "Content-Range": f"bytes {first}-{last}/{SIZE}"},
            CONTENT[first : last + 1] + (more if number == 2 else b""),
        )

    def stop(done: int, total: int | None) -> None:
        if done > 1020:
            raise KeyError

    serve(tmp_path / "copy", answer, progress=stop)
    [partial] = os.listdir(tmp_path)
    assert CONTENT.startswith((tmp_path / partial).read_bytes())


@pytest.mark.parametrize("kind", ["etag", "checksum"])
def test_the_bytes_of_an_earlier_run_are_verified_by_a_server_without_ranges(
    tmp_path: Path, kind: str
) -> None:
    etag = f'"{md5(CONTENT).hexdigest()}"' if kind == "etag" else '"e"'
    headers = {"ETag": etag}
    if kind == "checksum":
        headers["x-amz-checksum-crc32"] = crc32_text(CONTENT)
    partial = tmp_path / f".copy.{etag[1:-1]}.part"
    partial.write_bytes(b"damaged" * 100)
    _, failure = serve(tmp_path / "copy", lambda number, head: ("200 OK", headers, CONTENT))
    assert failure is None
    assert is_whole(tmp_path / "copy")


@pytest.mark.parametrize("kind", ["etag", "checksum"])
def test_a_stream_is_verified_from_its_first_byte(kind: str) -> None:
    """The first connection brings other bytes than the second."""
    etag = f'"{md5(CONTENT).hexdigest()}"' if kind == "etag" else '"e"'
    headers: dict[str, Any] = {"ETag": etag}
    if kind == "checksum":
        headers["x-amz-checksum-crc32"] = crc32_text(CONTENT)

    def answer(number: int, head: str) -> Answer:
        if number == 1:
            return "200 OK", {**headers, "Content-Length": SIZE}, b"?" * 1000
        return "200 OK", headers, CONTENT

    file = io.BytesIO()
    _, failure = serve(file, answer)
    assert type(failure) is DamagedBodyError


def test_a_checksum_of_the_whole_in_a_partial_response(tmp_path: Path) -> None:
    """Some servers send it with every range: it is not that of the range."""
    headers: dict[str, Any] = {"ETag": '"e"', "x-amz-checksum-crc32": crc32_text(CONTENT)}

    def answer(number: int, head: str) -> Answer:
        first = range_of(head)
        if first is None:
            return "200 OK", {**headers, "Content-Length": SIZE}, CONTENT[:1000]
        more = {"Content-Range": f"bytes {first}-{SIZE - 1}/{SIZE}"}
        return "206 P", {**headers, **more}, CONTENT[first:]

    heads, failure = serve(tmp_path / "copy", answer)
    assert failure is None
    assert len(heads) == 2


PORTAL: Answer = ("200 OK", {"Content-Type": "text/html"}, b"<html>Log in, please</html>")


def test_a_captive_portal_leaves_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"old")
    (tmp_path / ".copy.e.part").write_bytes(CONTENT[:1000])
    heads, failure = serve(tmp_path / "copy", lambda number, head: PORTAL)
    assert type(failure) is ProtocolError
    assert (tmp_path / "copy").read_bytes() == b"old"
    assert (tmp_path / ".copy.e.part").read_bytes() == CONTENT[:1000]
    assert len(heads) <= 2 * download.ATTEMPTS


@pytest.mark.parametrize(
    "first",
    [
        ("503 S", {}, b""),
        ("200 OK", {"Content-Length": None, "Connection": "close", "ETag": '"e"'}, b""),
        ("200 OK", {}, b""),
        ("501 N", {}, b""),
        ("405 N", {}, b""),
    ],
)
def test_a_head_that_fails_does_not_end_a_download(tmp_path: Path, first: Answer) -> None:
    (tmp_path / ".copy.e.part").write_bytes(CONTENT[:1000])

    def answer(number: int, head: str) -> Answer:
        if number == 1:
            assert head.startswith("HEAD")
            return first
        return PLAIN

    _, failure = serve(tmp_path / "copy", answer)
    assert failure is None
    assert is_whole(tmp_path / "copy")


@pytest.mark.parametrize(
    "what", [("404 N", {}, b""), ("400 B", {}, b""), ("200 OK", {"Content-Length": None}, b"")]
)
def test_a_part_whose_size_nobody_tells(tmp_path: Path, what: Answer) -> None:
    """A composite checksum cannot be verified then; the object can be had all the same."""

    def answer(number: int, head: str) -> Answer:
        if head.startswith("HEAD"):
            return what
        return "200 OK", {"ETag": f'"{"a" * 32}-2"'}, CONTENT

    _, failure = serve(tmp_path / "copy", answer)
    assert failure is None


# Places -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["folder", "folder/", "fifo"])
def test_a_target_that_is_no_file_costs_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    heads, failure = serve(f"{tmp_path}/{name}", lambda number, head: PLAIN)
    assert isinstance(failure, (IsADirectoryError, TransferError))
    assert name.rstrip("/") in str(failure)
    assert heads == []
    assert sorted(os.listdir(tmp_path)) == ["fifo", "folder"]


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "n" * 100 + "a"])
def test_a_name_as_long_as_names_may_be(tmp_path: Path, name: str) -> None:
    other = tmp_path / (f".{name[:100]}.e.part")
    if len(name) == 101:  # of another download, of a file whose name starts alike
        other.write_bytes(b"other")
    etag = "a" * 64
    _, failure = serve(
        tmp_path / name, lambda number, head: ("200 OK", {"ETag": f'"{etag}"'}, CONTENT)
    )
    assert failure is None
    assert is_whole(tmp_path / name)
    if len(name) == 101:
        assert other.read_bytes() == b"other"


def test_a_symbolic_link_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    """As s3transfer does."""
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "copy").symlink_to("old")
    serve(tmp_path / "copy", lambda number, head: PLAIN)
    assert (tmp_path / "old").read_bytes() == b"old"
    assert not (tmp_path / "copy").is_symlink()


@pytest.mark.parametrize("on_exists", ["skip", "error"])
@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_stays(
    tmp_path: Path, on_exists: str, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if not links:  # as on FAT
        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "copy"
    _, failure = serve(
        path,
        lambda number, head: PLAIN,
        on_exists=on_exists,
        progress=lambda done, total: path.write_bytes(b"mine"),
    )
    assert path.read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["copy"]
    assert (failure is None) == (on_exists == "skip")
    if failure is not None:
        assert isinstance(failure, FileExistsError)
    path.unlink()
    _, failure = serve(path, lambda number, head: PLAIN, on_exists=on_exists)
    assert failure is None
    assert os.listdir(tmp_path) == ["copy"]
    assert is_whole(path)


def test_a_disk_that_fills_keeps_the_old_file_only(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        _, failure = serve(tmp_path / "copy", lambda number, head: PLAIN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert isinstance(failure, OSError)
    assert failure.errno == errno.EFBIG
    assert failure.filename == str(tmp_path / "copy")
    assert os.listdir(tmp_path) == ["copy"]
    assert (tmp_path / "copy").read_bytes() == b"old"


def test_an_object_larger_than_the_disk_leaves_nothing(tmp_path: Path) -> None:
    def answer(number: int, head: str) -> Answer:
        return "200 OK", {"ETag": '"e"', "Content-Length": 1 << 60}, CONTENT

    _, failure = serve(tmp_path / "copy", answer)
    assert isinstance(failure, OSError)
    assert failure.errno == errno.ENOSPC
    assert os.listdir(tmp_path) == []


def test_a_file_system_that_does_not_know_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of FUSE say 0 of everything."""
    monkeypatch.setattr(os, "fstatvfs", lambda _: os.statvfs_result((0,) * 11))
    _, failure = serve(tmp_path / "copy", lambda number, head: PLAIN)
    assert failure is None


@pytest.mark.parametrize("when", ["middle", "end"])
def test_what_could_not_be_flushed_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """A second fsync of the same file would succeed, though the data is lost."""
    if when == "middle":
        monkeypatch.setattr(download, "SYNC_BYTES", 1)
    (tmp_path / "copy").write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as context:
        context.setattr(os, "fsync", fail)
        _, failure = serve(tmp_path / "copy", lambda number, head: PLAIN)
    assert isinstance(failure, OSError)
    assert failure.filename == str(tmp_path / "copy")
    assert os.listdir(tmp_path) == ["copy"]
    assert (tmp_path / "copy").read_bytes() == b"old"


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    heads, failure = serve(tmp_path / "none" / "copy", lambda number, head: PLAIN)
    assert isinstance(failure, FileNotFoundError)
    assert heads == []


class Raw(io.RawIOBase):
    """Takes few bytes at a time, as a socket does."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data[:1000])
        return min(1000, len(data))


def test_a_file_object_that_takes_less() -> None:
    file = Raw()
    _, failure = serve(file, lambda number, head: PLAIN)
    assert failure is None
    assert (file.content == CONTENT) is True


def test_a_file_object_that_takes_nothing() -> None:
    class Full(Raw):
        def write(self, data: Any) -> int:
            return 0

    _, failure = serve(Full(), lambda number, head: PLAIN)
    assert isinstance(failure, TransferError)


def test_a_path_of_bytes(tmp_path: Path) -> None:
    _, failure = serve(os.fsencode(tmp_path / "copy"), lambda number, head: PLAIN)
    assert failure is None
    assert is_whole(tmp_path / "copy")


@pytest.mark.parametrize(
    "etag", ['W/"weak"', "bare", '"' + "a" * 32 + '-0"', '"' + "a" * 32 + '-99999"', '"-"', '"a-b"']
)
def test_unusual_etags(tmp_path: Path, etag: str) -> None:
    def answer(number: int, head: str) -> Answer:
        return "200 OK", {"ETag": etag}, CONTENT

    _, failure = serve(tmp_path / "copy", answer)
    assert failure is None
    assert os.listdir(tmp_path) == ["copy"]


def test_a_body_that_cannot_be_kept_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    close = Body.close

    def note(body: Body) -> None:
        closed.append(body)
        close(body)

    monkeypatch.setattr(Body, "close", note)
    _, failure = serve("/proc/copy", lambda number, head: PLAIN)  # not even root may write there
    assert isinstance(failure, OSError)
    assert closed
