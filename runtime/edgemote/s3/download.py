"""Downloads: written to the side, resumed where they ended, verified, and put into place."""

from __future__ import annotations

import errno
import os
import time
from fcntl import LOCK_EX, LOCK_NB, flock
from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError
from edgemote.client.ranges import open_rest
from edgemote.errors import ConfigError, DamagedBodyError, ProtocolError, TransportError
from edgemote.retry import TRANSIENT_STATUSES, draw_fraction
from edgemote.s3 import TransferError, check_choice, require
from edgemote.s3.verification import find_checksum

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Progress: TypeAlias = Callable[[int, int | None], object]

# Attempts in a row that bring less than this; each is itself tried again as the client's rules say.
ATTEMPTS = 5
PROGRESS_BYTES = 65_536
BACKOFF_S = 1.0  # doubles with each
BACKOFF_LIMIT_S = 60.0
# Of one object, from its first byte, because it was damaged or is another one.
RESTARTS = 3
# A power cut loses no more of a download than this.
SYNC_BYTES = 4_194_304
_READ_BYTES = 65_536
_ETAG_CHARS = 64
_NAME_CHARS = 100
_SUFFIX = ".part"
_OURS = ("IfMatch", "PartNumber", "Range")
_HEAD_ONLY = ("ExpectedBucketOwner", "RequestPayer", "VersionId")
_CUSTOMER_KEY = ("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5")


def download_file(
    client: Any,
    bucket: str,
    key: str,
    path: str | os.PathLike[str],
    *,
    progress: Progress | None = None,
    on_exists: str = "replace",
    verify: bool = True,
    **extra: Any,
) -> Any:
    """Download an object into a file, which has its name only once it is whole and on the disk;
    the result of GetObject.

    Args:
        client: of aws.s3, with GetObject, and HeadObject to go on after a restart
        progress: called with the bytes that are here and their total
        on_exists: "replace" a file of this name, "skip" the download (the result is None), or
            raise FileExistsError for "error"
        verify: whether the content must match the object's checksum, or its ETag where that is an
            MD5; a checksum that is CRC32C or CRC64NVME is slow to calculate
        extra: parameters of GetObject, such as VersionId

    Raises what the client raises once attempts are of no use; what is here stays beside the file in
    a hidden one, and the next call goes on if the object is still the same.
    """
    check_choice(on_exists)
    path = os.fspath(path)
    if on_exists != "replace" and os.path.lexists(path):
        if on_exists == "error":
            raise FileExistsError(errno.EEXIST, "the file exists", path)
        return None
    target = _File(path)
    try:
        result = _Download(client, bucket, key, target, progress, verify, extra).run()
        target.put_in_place()
    finally:
        target.close()
    return result


def download_fileobj(
    client: Any,
    bucket: str,
    key: str,
    file: Any,
    *,
    progress: Progress | None = None,
    verify: bool = True,
    **extra: Any,
) -> Any:
    """Write an object to a binary file; the result of GetObject. Arguments are those of
    download_file.

    A broken connection is resumed. DamagedBodyError if what was written is not what was stored.
    """
    return _Download(client, bucket, key, _Stream(file), progress, verify, extra).run()


class _Stream:
    """Where bytes go that cannot be taken back."""

    etag = ""

    def __init__(self, file: Any) -> None:
        self.have_bytes = 0
        self._file = file

    def begin(self, etag: str, size: int) -> bool:
        """Start anew; False if that is too late."""
        return not self.have_bytes

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._file.write(data)
        self.have_bytes += len(data)


class _File:
    """A file's partial one, with the object's ETag in its name, which may be an earlier run's."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder, name = os.path.split(path)
        self._folder = self._folder or "."
        self._start = f".{name[:_NAME_CHARS]}."
        self._descriptor = -1
        self._place = ""
        self._unsynced_bytes = 0
        self.have_bytes = 0
        self.etag = ""
        for found in self._find():
            etag = found[len(self._start) : -len(_SUFFIX)]
            if etag != "none":
                self._open(etag)
                break

    def begin(self, etag: str, size: int) -> bool:
        """Have an empty partial file for an object; those of others are removed."""
        self.close()
        for found in self._find():
            self._open(found[len(self._start) : -len(_SUFFIX)])
            os.unlink(self._place)
            self.close()
        plain = etag.strip('"')
        self._open(plain if is_plain(plain) else "none")
        free = os.fstatvfs(self._descriptor)
        if size > free.f_bavail * free.f_frsize:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._path)
        return True

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, self.have_bytes)
            rest = rest[written:]
            self.have_bytes += written
        self._unsynced_bytes += len(data)
        if self._unsynced_bytes >= SYNC_BYTES:
            self._unsynced_bytes = 0
            os.fsync(self._descriptor)

    def feed(self, checksum: Any) -> None:
        """Have a checksum take in what an earlier run got."""
        at = 0
        while data := os.pread(self._descriptor, _READ_BYTES, at):
            checksum.update(data)
            at += len(data)

    def put_in_place(self) -> None:
        """Give it its name; a power cut at any moment leaves the old file or the new one."""
        os.fsync(self._descriptor)
        os.replace(self._place, self._path)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Close the partial file, which stays."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _open(self, etag: str) -> None:
        self._place = os.path.join(self._folder, f"{self._start}{etag}{_SUFFIX}")
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(self._place, flags, 0o666)
        try:
            # Of two downloads of one file, neither may put the other's half in place.
            flock(self._descriptor, LOCK_EX | LOCK_NB)
            there = os.path.samestat(os.stat(self._place), os.fstat(self._descriptor))
        except (BlockingIOError, FileNotFoundError):
            there = False
        except OSError:  # a file system without locks
            there = True
        if not there:
            self.close()
            raise OSError(errno.EBUSY, "another download is writing the file", self._path)
        self.have_bytes = os.fstat(self._descriptor).st_size
        self.etag = f'"{etag}"'

    def _find(self) -> list[str]:
        return [
            name
            for name in os.listdir(self._folder)
            if name.startswith(self._start)
            and name.endswith(_SUFFIX)
            and is_plain(name[len(self._start) : -len(_SUFFIX)])
        ]


def is_plain(etag: str) -> bool:
    """Whether an ETag can be part of a file's name: it comes from the network."""
    return 0 < len(etag) <= _ETAG_CHARS and etag.isascii() and etag.replace("-", "").isalnum()


class _Download:
    """One object on its way."""

    def __init__(
        self,
        client: Any,
        bucket: str,
        key: str,
        target: Any,
        progress: Progress | None,
        verify: bool,
        extra: dict[str, Any],
    ) -> None:
        require(client, "GetObject")
        for name in _OURS:
            if name in extra:
                raise ConfigError(f"argument {name}: a download sets it itself")
        self._client = client
        self._params = {"Bucket": bucket, "Key": key, **extra}
        self._mode = {"ChecksumMode": "ENABLED"} if verify else {}
        self._target = target
        self._progress = progress
        self._etag = ""
        self._size = 0
        self._checksum: Any = None
        self._head: Any = None
        self._restarts = 0

    def run(self) -> Any:
        """Have all of it; the last answer."""
        failures = 0
        if self._target.have_bytes:
            self._resume()
        while True:
            before = self._target.have_bytes
            try:
                answer = self._take()
                if answer is not None:
                    return answer
            except DamagedBodyError as error:
                self._restart(error)
            except (TransportError, ServiceError) as error:
                if isinstance(error, ServiceError) and error.status in (412, 416) and self._etag:
                    self._restart(error)
                    continue
                if self._target.have_bytes - before >= PROGRESS_BYTES:
                    failures = 0
                failures += 1
                if failures == ATTEMPTS or not _is_passing(error):
                    raise
                pause_s = min(BACKOFF_S * 2 ** (failures - 1), BACKOFF_LIMIT_S)
                time.sleep(pause_s * draw_fraction())

    def _resume(self) -> None:
        """Go on where an earlier run ended, if the object is still what it was then."""
        if not hasattr(self._client, "head_object"):
            return
        names = ("Bucket", "Key", *_HEAD_ONLY, *_CUSTOMER_KEY)
        params = {name: self._params[name] for name in names if name in self._params}
        head = self._client.head_object(**params, **self._mode)
        if head.ETag != self._target.etag or head.ContentLength < self._target.have_bytes:
            return
        self._head, self._etag, self._size = head, head.ETag, head.ContentLength
        if self._mode:
            self._checksum = find_checksum(head, self._asker)
            if self._checksum is not None:
                self._target.feed(self._checksum)

    def _take(self) -> Any:
        """Take what comes; None if there is more, or if the object is another one by now."""
        have = self._target.have_bytes
        if self._etag and have == self._size:  # all but the look at the checksum
            if self._checksum is not None:
                self._checksum.check()
            return self._head
        if not self._etag:
            answer = self._client.get_object(**self._params, **self._mode)
            if answer.ETag is None or answer.ContentLength is None:
                answer.Body.close()
                raise ProtocolError("S3's response lacks the object's size or ETag")
            self._etag, self._size = answer.ETag, answer.ContentLength
            skip, end = 0, self._size
            if not self._target.begin(self._etag, self._size):
                answer.Body.close()
                raise TransferError("the object changed during its download")
        else:
            get = self._client.get_object
            rest = open_rest(get, self._etag, have, self._size, **self._params, **self._mode)
            if rest is None:
                self._restart(TransferError("the object kept changing during its download"))
                return None
            answer, skip, end = rest
        with answer.Body as body:
            if self._mode:
                self._attach(answer, body, have - skip, end)
            for data in body:
                if skip:
                    skipped = min(skip, len(data))
                    skip -= skipped
                    data = data[skipped:]
                if self._target.have_bytes + len(data) > self._size:
                    raise ProtocolError("the object is longer than announced")
                self._target.write(data)
                if self._progress is not None and data:
                    self._progress(self._target.have_bytes, self._size)
        if self._target.have_bytes < end:
            raise ProtocolError("the object ended early")
        return answer if end == self._size else None

    def _attach(self, answer: Any, body: Any, first: int, end: int) -> None:
        """Have a body verified by the checksum of the whole object, of which it begins there."""
        if not first:  # by the checksum in its own headers, if there is one
            self._checksum = body.checksum or find_checksum(answer, self._asker)
            if body.checksum is not None:
                return
        elif first != self._target.have_bytes:
            raise ProtocolError("S3 sent a different range than requested")
        if self._checksum is not None:
            body.verify(self._checksum, end == self._size)

    def _restart(self, error: Exception) -> None:
        """Forget what is here, or raise where that is too late or was done too often."""
        self._restarts += 1
        if self._restarts > RESTARTS or isinstance(self._target, _Stream):
            raise error
        self._etag, self._checksum = "", None

    @property
    def _asker(self) -> Callable[[int], int] | None:
        return self._ask_part if hasattr(self._client, "head_object") else None

    def _ask_part(self, number: int) -> int:
        """The size of one of the parts that the object was uploaded in."""
        names = ("Bucket", "Key", *_HEAD_ONLY, *_CUSTOMER_KEY)
        params = {name: self._params[name] for name in names if name in self._params}
        head = self._client.head_object(**params, IfMatch=self._etag, PartNumber=number)
        return int(head.ContentLength)


def _is_passing(error: Exception) -> bool:
    """Whether another attempt may bring more."""
    if isinstance(error, ServiceError):
        return error.status in TRANSIENT_STATUSES or error.status == 429
    return True
