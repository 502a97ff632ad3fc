"""Files to and from an object store: in parts, resumed, verified."""

from __future__ import annotations

import io
import os
from base64 import b64encode
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

import edgemote
import edgemote.s3
from aws.s3_whole import S3
from edgemote import ConfigError, DamagedBodyError, ServiceError, TransportError
from edgemote.s3 import TransferError, download, upload
from edgemote.s3.state import State

from .object_peer import KEYS, Objects, connect_store, crc32_text

MIB = 1 << 20
PART = 100_000  # the least that S3 takes is set to that
CONTENT = os.urandom(2 * PART + 7)
SMALL = bytes(range(256)) * 1000  # more than is held in memory
Store = tuple[Objects, S3]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(upload, "LEAST_PART_BYTES", PART)
    objects = Objects()
    with objects.serve() as peer, connect_store(peer) as client:
        yield objects, client


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(CONTENT)
    return path


def send(client: Any, path: Any, **options: Any) -> Any:
    options = {"part_bytes": PART, "threshold_bytes": PART, **options}
    return edgemote.s3.upload_file(client, path, "bucket", "key", **options)


def count(objects: Objects, method: str, words: str = "") -> int:
    return sum(one == method and words in query for one, query in objects.requests)


# Uploads ------------------------------------------------------------------------------------------


def test_a_small_file_is_put(store: Store, tmp_path: Path) -> None:
    objects, client = store
    path = tmp_path / "small"
    path.write_bytes(SMALL)
    told: list[Any] = []
    result = send(
        client, path, threshold_bytes=MIB, progress=lambda *now: told.append(now), ContentType="a/b"
    )
    assert result.ETag == '"put"'
    assert objects.content == SMALL
    assert objects.requests == [("PUT", "")]
    assert "content-type: a/b" in objects.heads[0]
    assert told[-1] == (len(SMALL), len(SMALL))
    assert told == sorted(set(told))


def test_a_large_one_goes_in_parts(store: Store, path: Path) -> None:
    objects, client = store
    told: list[Any] = []
    result = send(
        client,
        path,
        progress=lambda *now: told.append(now),
        Metadata={"a": "b"},
        ExpectedBucketOwner="123",
        SSECustomerAlgorithm="AES256",
        SSECustomerKey=bytes(32),
    )
    assert objects.content == CONTENT
    assert result.ETag == objects.etag
    assert [method for method, _ in objects.requests] == ["POST", "PUT", "PUT", "PUT", "POST"]
    begin, *parts, end = objects.heads
    assert "x-amz-meta-a: b" in begin
    assert "x-amz-checksum-type: FULL_OBJECT" in begin
    for head in (begin, *parts, end):
        assert "x-amz-expected-bucket-owner: 123" in head
        assert "x-amz-server-side-encryption-customer-key-md5" in head
    for head, body in zip(parts, objects.bodies[1:4], strict=True):
        assert f"x-amz-checksum-crc32: {crc32_text(body)}" in head
        assert "x-amz-meta" not in head
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(set(told))
    assert os.listdir(path.parent) == ["source"]


def test_parts_are_tried_again_one_by_one(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: (
        "SlowDown" if "partNumber=2" in query and count(objects, "PUT", query) < 3 else None
    )
    send(client, path)
    assert objects.content == CONTENT
    assert [query[11] for _, query in objects.requests if "partNumber" in query] == list("12223")


def test_what_is_through_stays_through(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown" if "partNumber=3" in query else None
    with pytest.raises(ServiceError, match="SlowDown"):
        send(client, path)
    [state] = set(os.listdir(path.parent)) - {"source"}
    assert state.startswith("source.")
    assert os.stat(path.parent / state).st_mode & 0o777 == 0o600
    objects.requests.clear()
    objects.fault = lambda method, query: None
    send(client, path)
    assert objects.content == CONTENT
    assert [query for _, query in objects.requests] == [
        "partNumber=3&uploadId=u0",
        "uploadId=u0",
    ]
    assert os.listdir(path.parent) == ["source"]


@pytest.mark.parametrize("change", ["content", "time", "parameters"])
def test_a_changed_source_starts_anew(store: Store, path: Path, change: str) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown" if "partNumber=3" in query else None
    with pytest.raises(ServiceError):
        send(client, path)
    objects.fault = lambda method, query: None
    wanted, more = CONTENT, {}
    if change == "content":
        wanted = CONTENT[::-1] + b"more"
        path.write_bytes(wanted)
    elif change == "time":
        os.utime(path, (1, 1))
    else:
        more = {"ContentType": "a/b"}
    send(client, path, **more)
    assert objects.content == wanted
    assert count(objects, "DELETE", "uploadId=u0") == 1
    assert objects.uploads == {}


def test_an_upload_that_s3_forgot_starts_anew(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown" if "partNumber=3" in query else None
    with pytest.raises(ServiceError):
        send(client, path)
    objects.fault = lambda method, query: None
    objects.uploads.clear()
    told: list[Any] = []
    send(client, path, progress=lambda *now: told.append(now))
    assert objects.content == CONTENT
    assert count(objects, "PUT", "partNumber=1&") == 2


def test_a_completion_whose_answer_was_lost(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: 0 if method == "POST" and query == "uploadId=u0" else None
    result = send(client, path)
    assert objects.content == CONTENT
    assert result.ETag == objects.etag
    assert [method for method, _ in objects.requests[-3:]] == ["POST", "POST", "HEAD"]
    assert os.listdir(path.parent) == ["source"]


def test_a_source_that_changes_meanwhile(store: Store, path: Path) -> None:
    objects, client = store

    def change(done: int, total: int | None) -> None:
        if done == len(CONTENT):
            os.utime(path, (1, 1))

    with pytest.raises(TransferError, match="source: changed while it was being uploaded"):
        send(client, path, progress=change)
    assert objects.content is None
    assert objects.uploads == {}
    assert os.listdir(path.parent) == ["source"]


def test_a_source_that_becomes_shorter(store: Store, path: Path) -> None:
    _, client = store

    def cut(done: int, total: int | None) -> None:
        os.truncate(path, PART)

    with pytest.raises((TransferError, ValueError)):
        send(client, path, progress=cut)


def test_it_can_be_given_up(store: Store, path: Path, tmp_path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown" if "partNumber=3" in query else None
    state = tmp_path / "elsewhere"
    with pytest.raises(ServiceError):
        send(client, path, state_file=state)
    assert state.exists()
    assert edgemote.s3.abort_upload(client, path, "bucket", "key", state_file=state)
    assert objects.uploads == {}
    assert not state.exists()
    assert not edgemote.s3.abort_upload(client, path, "bucket", "key", state_file=state)


def test_a_state_holds_no_secret(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown" if "partNumber=2" in query else None
    secret = b"sixteen letters " * 2
    with pytest.raises(ServiceError):
        send(client, path, SSECustomerAlgorithm="AES256", SSECustomerKey=secret)
    [state] = set(os.listdir(path.parent)) - {"source"}
    assert b"sixteen" not in (path.parent / state).read_bytes()
    assert b64encode(secret)[:10] not in (path.parent / state).read_bytes()


def test_a_state_that_a_power_cut_tore(tmp_path: Path) -> None:
    path = tmp_path / "state"
    upload = {"source": ["a", "b"], "id": "i", "part_bytes": 5}
    with State(path) as state:
        state.begin(upload)
        state.add({"etag": "1", "sum": None, "crc": 1})
        whole = path.read_bytes()
        state.add({"etag": "2", "sum": None, "crc": 2})
    for size in range(len(whole), path.stat().st_size):
        (tmp_path / "torn").write_bytes(path.read_bytes()[:size])
        with State(tmp_path / "torn") as again:
            assert again.load() == upload
            assert again.parts == [{"etag": "1", "sum": None, "crc": 1}]
            again.add({"etag": "3", "sum": None, "crc": 3})
        with State(tmp_path / "torn") as again:
            assert again.load() == upload
            assert [part["etag"] for part in again.parts] == ["1", "3"]
    for content in (b"", b"{}\n", b"\xff\n", b"[1]\n", b"{"):
        (tmp_path / "torn").write_bytes(content)
        with State(None, str(tmp_path / "torn")) as again:
            assert again.load() is None


def test_parts_that_are_refused_are_not_tried_for_ever(store: Store, path: Path) -> None:
    objects, client = store
    objects.fault = lambda method, query: (
        "BadDigest" if method == "POST" and query.startswith("uploadId") else None
    )
    with pytest.raises(ServiceError, match="BadDigest"):
        send(client, path)
    assert count(objects, "DELETE") == 1
    assert os.listdir(path.parent) == ["source"]
    objects.fault = lambda method, query: None
    send(client, path)
    assert objects.content == CONTENT


@pytest.mark.parametrize("size", ["small", "large"])
def test_an_object_that_exists(store: Store, path: Path, size: str) -> None:
    objects, client = store
    if size == "small":
        path.write_bytes(SMALL[:PART])
    objects.content = b"old"
    assert send(client, path, on_exists="skip") is None
    with pytest.raises(FileExistsError, match="s3://bucket/key"):
        send(client, path, on_exists="error")
    assert {method for method, _ in objects.requests} == {"HEAD"}
    # It comes into being meanwhile.
    objects.fault = lambda method, query: (
        setattr(objects, "content", None) if method == "HEAD" else setattr(objects, "content", b"o")
    )
    assert send(client, path, on_exists="skip") is None
    with pytest.raises(FileExistsError, match="s3://bucket/key"):
        send(client, path, on_exists="error")
    assert objects.content == b"o"
    assert objects.uploads == {}
    assert os.listdir(path.parent) == ["source"]


class Pipe:
    """A file that cannot seek, and gives what it likes."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, 30_001))


@pytest.mark.parametrize("content", [b"", SMALL[:99], CONTENT[:PART], CONTENT])
@pytest.mark.parametrize("kind", [Pipe, io.BytesIO])
def test_file_objects(store: Store, kind: Any, content: bytes) -> None:
    objects, client = store
    file = kind(b"skipped" + content)
    file.read(7)
    told: list[Any] = []
    edgemote.s3.upload_fileobj(
        client,
        file,
        "bucket",
        "key",
        part_bytes=PART,
        threshold_bytes=PART,
        progress=lambda *now: told.append(now),
    )
    assert objects.content == content
    assert told == sorted(set(told))
    assert not content or told[-1][0] == len(content)


@pytest.mark.parametrize("kind", [Pipe, io.BytesIO])
def test_a_file_object_that_fails_leaves_nothing(store: Store, kind: Any) -> None:
    objects, client = store
    objects.fault = lambda method, query: "SlowDown" if "partNumber=2" in query else None
    with pytest.raises(ServiceError, match="SlowDown"):
        edgemote.s3.upload_fileobj(
            client, kind(CONTENT), "bucket", "key", part_bytes=PART, threshold_bytes=PART
        )
    assert objects.uploads == {}


def test_the_limits_of_s3() -> None:
    least = 5 * MIB
    assert upload.fit_part(1, least) == least
    assert upload.fit_part(10_000 * least, least) == least
    assert upload.fit_part(10_000 * least + 1, least) == 6 * MIB
    for size in (123_456_789_012, upload.OBJECT_BYTES):
        part = upload.fit_part(size, least)
        assert part % MIB == 0
        assert -(-size // part) <= 10_000
    with pytest.raises(TransferError, match="more than an S3 object can have"):
        upload.fit_part(upload.OBJECT_BYTES + 1, least)
    for part in (least - 1, 5 * (1 << 30) + 1):
        with pytest.raises(ConfigError, match="argument part_bytes: expected 5242880 to"):
            upload.fit_part(1, part)


def test_a_stream_of_too_many_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    objects, client = store
    monkeypatch.setattr(upload, "PART_COUNT", 2)
    with pytest.raises(TransferError, match="S3's limit: pass a larger part_bytes"):
        edgemote.s3.upload_fileobj(client, Pipe(CONTENT), "bucket", "key", part_bytes=PART)
    assert objects.uploads == {}


def test_a_client_without_the_operations(path: Path) -> None:
    from aws.s3 import S3 as SMALL_S3

    client = edgemote.connect(
        SMALL_S3, region="us-west-2", endpoint_url="http://127.0.0.1:1", credentials=KEYS
    )
    with pytest.raises(ConfigError) as caught:
        send(client, path)
    assert str(caught.value).startswith(
        "a transfer calls CreateMultipartUpload, UploadPart, CompleteMultipartUpload, "
        'AbortMultipartUpload, which this client does not have: add this to "s3:..." in '
    )


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"path": None}, "path"),
        ({"path": "a\0b"}, "path"),
        ({"path": "\ud800"}, "path"),
        ({"threshold_bytes": "8 MB"}, "threshold_bytes"),
        ({"threshold_bytes": None}, "threshold_bytes"),
        ({"part_bytes": 1.5}, "part_bytes"),
        ({"threshold_bytes": 1, "state_file": 5}, "state_file"),
        ({"threshold_bytes": 1, "state_file": "a\0b"}, "state_file"),
    ],
)
def test_arguments_that_cannot_be_used(path: Path, options: dict[str, Any], argument: str) -> None:
    client = edgemote.connect(
        S3, region="us-west-2", endpoint_url="http://127.0.0.1:1", credentials=KEYS
    )
    with pytest.raises(ConfigError, match=rf"^argument {argument}: expected "):
        edgemote.s3.upload_file(client, **{"path": path, "bucket": "b", "key": "k", **options})
    if argument == "path":
        with pytest.raises(ConfigError, match=r"^argument path: expected the path of a file, got "):
            fetch(client, options["path"])
    if "bytes" in argument:
        with pytest.raises(ConfigError, match=rf"^argument {argument}: expected "):
            edgemote.s3.upload_fileobj(client, Pipe(CONTENT), "b", "k", **options)
    for transfer in (edgemote.s3.upload_fileobj, edgemote.s3.download_fileobj):
        with pytest.raises(ConfigError, match=r"^argument file: expected a binary file, got str$"):
            transfer(client, file="source", bucket="b", key="k")


# Downloads ----------------------------------------------------------------------------------------


def fetch(client: Any, path: Any, **options: Any) -> Any:
    return edgemote.s3.download_file(client, "bucket", "key", path, **options)


def list_others(path: Path) -> set[str]:
    return set(os.listdir(path.parent)) - {path.name, "source"}


def test_a_download(store: Store, tmp_path: Path) -> None:
    objects, client = store
    objects.content = SMALL
    objects.headers = {"x-amz-checksum-crc32": crc32_text(SMALL)}
    told: list[Any] = []
    path = tmp_path / "copy"
    result = fetch(client, path, progress=lambda *now: told.append(now))
    assert result.ETag == objects.etag
    assert path.read_bytes() == SMALL
    assert objects.requests == [("GET", "")]
    assert told[-1] == (len(SMALL), len(SMALL))
    assert told == sorted(set(told))
    assert not list_others(path)
    for content in (b"", b"x"):  # replaces it
        objects.content, objects.headers = content, {}
        fetch(client, path)
        assert path.read_bytes() == content
    assert fetch(client, path, on_exists="skip") is None
    with pytest.raises(FileExistsError):
        fetch(client, path, on_exists="error")
    assert len(objects.requests) == 3


COUNT = 3
THIRD = -(-len(SMALL) // COUNT)
PIECES = [SMALL[at : at + THIRD] for at in range(0, len(SMALL), THIRD)]
SHA_OF_PARTS = b64encode(sha256(b"".join(sha256(p).digest() for p in PIECES)).digest()).decode()
CRC_OF_PARTS = crc32_text(b"".join(crc32(p).to_bytes(4, "big") for p in PIECES))
MD5_OF_PARTS = md5(b"".join(md5(p).digest() for p in PIECES)).hexdigest()
CHECKSUMS = {
    "crc32": {"x-amz-checksum-crc32": crc32_text(SMALL)},
    "sha256": {"x-amz-checksum-sha256": b64encode(sha256(SMALL).digest()).decode()},
    "composite sha256": {"x-amz-checksum-sha256": f"{SHA_OF_PARTS}-3", "part-bytes": str(THIRD)},
    "composite crc32": {"x-amz-checksum-crc32": f"{CRC_OF_PARTS}-3", "part-bytes": str(THIRD)},
    "md5": {"ETag": f'"{md5(SMALL).hexdigest()}"'},
    "md5 of parts": {"ETag": f'"{MD5_OF_PARTS}-3"', "part-bytes": str(THIRD)},
}


def announce(objects: Objects, kind: str) -> None:
    objects.headers = dict(CHECKSUMS[kind])
    objects.etag = objects.headers.pop("ETag", '"an-etag"')


@pytest.mark.parametrize("kind", CHECKSUMS)
@pytest.mark.parametrize("broken", [False, True])
def test_what_came_is_what_was_stored(
    store: Store, tmp_path: Path, kind: str, broken: bool
) -> None:
    objects, client = store
    objects.content = SMALL
    announce(objects, kind)
    path = tmp_path / "copy"
    if broken:  # several connections
        objects.fault = lambda method, query: 100_000 if method == "GET" else None
        fetch(client, path)
        assert count(objects, "GET") == 3
        assert "range: bytes=200000-" in objects.heads[-1]
        assert f"if-match: {objects.etag}" in objects.heads[-1]
    else:
        fetch(client, path)
    assert path.read_bytes() == SMALL
    objects.fault = lambda method, query: None
    file = io.BytesIO()
    edgemote.s3.download_fileobj(client, "bucket", "key", file)
    assert file.getvalue() == SMALL
    # A byte of it flips.
    objects.content = SMALL[:-1] + b"?"
    path.unlink()
    with pytest.raises(DamagedBodyError):
        fetch(client, path)
    assert not path.exists()
    file = io.BytesIO()
    with pytest.raises(DamagedBodyError):
        edgemote.s3.download_fileobj(client, "bucket", "key", file)
    fetch(client, path, verify=False)
    assert path.read_bytes() == objects.content


@pytest.mark.parametrize("kind", CHECKSUMS)
def test_a_download_goes_on_after_a_restart(store: Store, tmp_path: Path, kind: str) -> None:
    objects, client = store
    objects.content = SMALL
    announce(objects, kind)
    path = tmp_path / "copy"

    class Killed(BaseException):
        pass

    def kill(done: int, total: int | None) -> None:
        if done > 100_000:
            raise Killed

    with pytest.raises(Killed):
        fetch(client, path, progress=kill)
    [partial] = list_others(path)
    assert partial == f".copy.{objects.etag[1:-1]}.part"
    have = (tmp_path / partial).stat().st_size
    objects.requests.clear()
    fetch(client, path)
    assert path.read_bytes() == SMALL
    assert f"range: bytes={have}-" in objects.heads[-1]
    assert not list_others(path)
    # What is there was damaged by a power cut: got anew.
    path.unlink()
    with pytest.raises(Killed):
        fetch(client, path, progress=kill)
    with open(tmp_path / partial, "r+b") as file:
        file.write(b"\xff" * 10)
    fetch(client, path)
    assert path.read_bytes() == SMALL


def test_all_is_there_but_its_name(store: Store, tmp_path: Path) -> None:
    objects, client = store
    objects.content = SMALL
    announce(objects, "sha256")
    (tmp_path / ".copy.an-etag.part").write_bytes(SMALL)
    assert fetch(client, tmp_path / "copy").ETag == objects.etag
    assert (tmp_path / "copy").read_bytes() == SMALL
    assert objects.requests == [("HEAD", "")]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_an_object_that_changes_is_got_anew(store: Store, tmp_path: Path, when: str) -> None:
    objects, client = store
    path = tmp_path / "copy"
    objects.content, objects.etag = SMALL, '"new"'
    if when == "before":
        (tmp_path / ".copy.old.part").write_bytes(b"old content")
    else:
        objects.content, objects.etag = SMALL[::-1], '"old"'

        def change(method: str, query: str) -> Any:
            if count(objects, "GET") == 1:
                return 1000
            objects.content, objects.etag = SMALL, '"new"'
            return None

        objects.fault = change
    fetch(client, path)
    assert path.read_bytes() == SMALL
    assert not list_others(path)


def test_a_server_without_ranges(store: Store, tmp_path: Path) -> None:
    objects, client = store
    objects.content = SMALL
    announce(objects, "crc32")
    objects.ranges = False
    objects.fault = lambda method, query: 100_000 if count(objects, "GET") == 1 else None
    fetch(client, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == SMALL


def test_a_download_ends_some_day(store: Store, tmp_path: Path) -> None:
    objects, client = store
    objects.content = SMALL
    objects.fault = lambda method, query: 10
    with pytest.raises(TransportError):
        fetch(client, tmp_path / "copy")
    assert count(objects, "GET") == download.ATTEMPTS
    objects.content = None
    objects.fault = lambda method, query: None
    with pytest.raises(ServiceError) as caught:
        fetch(client, tmp_path / "other")
    assert caught.value.status == 404
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("etag", ["../../x", "a" * 65, "a/b", "", "é"])
def test_an_etag_never_leads_out_of_the_folder(store: Store, tmp_path: Path, etag: str) -> None:
    assert not download.is_plain(etag)
    objects, client = store
    objects.content = SMALL
    if etag.isascii():
        objects.etag = f'"{etag}"'
    fetch(client, tmp_path / "copy")
    assert os.listdir(tmp_path) == ["copy"]


def test_a_range_of_the_callers_is_refused(store: Store, tmp_path: Path) -> None:
    _, client = store
    with pytest.raises(ConfigError, match="argument Range: leave it out; the download sets it"):
        fetch(client, tmp_path / "copy", Range="bytes=0-1")
    with pytest.raises(ConfigError, match="expected replace, skip or error, got 'x'"):
        fetch(client, tmp_path / "copy", on_exists="x")


def test_a_bundle_without_them_says_how_to_get_them() -> None:
    code = (
        "import sys; sys.modules['edgemote.s3'] = None; import edgemote\n"
        "try: edgemote.s3\n"
        "except ImportError as error: print(error)"
    )
    import subprocess
    import sys

    paths = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert "add --with transfers to `edgemote-codegen bundle`" in done.stdout
