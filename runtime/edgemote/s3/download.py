"""Downloads: written to a partial file, resumed, verified and then renamed into place."""

from __future__ import annotations

import errno
import os
import stat
import time
from binascii import crc32
from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError
from edgemote.client.ranges import open_rest
from edgemote.errors import ConfigError, DamagedBodyError, ProtocolError, TransportError
from edgemote.retry import THROTTLED_STATUS, TRANSIENT_STATUSES, draw_fraction
from edgemote.s3 import (
    CUSTOMER_KEY,
    TransferError,
    check_choice,
    lock,
    read_path,
    require,
    sync_folder,
)
from edgemote.s3.verification import find_checksum

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Progress: TypeAlias = Callable[[int, int | None], object]

# Consecutive attempts without PROGRESS_BYTES of progress. The client also retries within each one.
ATTEMPTS = 5
PROGRESS_BYTES = 65_536
BACKOFF_S = 1.0  # doubles with each failed attempt
BACKOFF_LIMIT_S = 60.0
# Restarts from the first byte, because the data was damaged or the object was replaced.
RESTARTS = 3
# A power cut loses at most this much of a download.
SYNC_BYTES = 4_194_304
_READ_BYTES = 65_536
_ETAG_CHARS = 64
# A partial file's name has to fit into the 255 bytes of a name, with the ETag and what is around.
_NAME_BYTES = 180
_NAME_CHARS = 40  # of a longer one, which may take 4 bytes each
_SUFFIX = ".part"
_OURS = ("IfMatch", "PartNumber", "Range")
# The parameters that HeadObject takes, too.
_HEAD = ("Bucket", "Key", "ExpectedBucketOwner", "RequestPayer", "VersionId", *CUSTOMER_KEY)


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
    """Download an object to a file, which appears under its name only once it is complete and on
    disk. Returns the result of GetObject.

    Args:
        client: an aws.s3 client with GetObject, and with HeadObject to resume after a restart
        progress: called with the number of bytes received so far and the total
        on_exists: what to do if the file exists: "replace" it, "skip" the download and return
            None, or raise FileExistsError ("error")
        verify: whether the content must match the object's checksum, or its ETag if that is an
            MD5. CRC32C and CRC64NVME checksums are slow to calculate
        extra: further parameters of GetObject, such as VersionId

    Raises the client's error once retrying is no use. What was received stays in a hidden file
    in the same folder, and the next call resumes from it if the object has not changed. Raises
    OSError if the disk is full or fails, which leaves nothing behind, and if another download
    writes the same file.
    """
    check_choice(on_exists)
    path = read_path("path", path)
    if on_exists == "replace" or not os.path.lexists(path):
        target = _File(path)
        try:
            result = _Download(client, bucket, key, target, progress, verify, extra).run()
            if target.put_in_place(on_exists == "replace"):
                return result
        finally:
            target.close()
    if on_exists == "error":
        raise FileExistsError(errno.EEXIST, "the file exists", path)
    return None


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
    """Write an object to a binary file object and return the result of GetObject. The arguments
    are those of download_file.

    The download resumes after a broken connection. Raises DamagedBodyError if the data that was
    written differs from the stored object.
    """
    if not hasattr(file, "write"):
        raise ConfigError(f"argument file: expected a binary file, got {type(file).__name__}")
    return _Download(client, bucket, key, _Stream(file), progress, verify, extra).run()


class _Stream:
    """A target for bytes that cannot be withdrawn once written."""

    etag = ""

    def __init__(self, file: Any) -> None:
        self.have_bytes = 0
        self._file = file

    def begin(self, etag: str, size: int) -> bool:
        """Start from the first byte; False if bytes were written already."""
        return not self.have_bytes

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self.have_bytes += len(data)
        # An unbuffered file may take less at a time. Some objects with a write() return nothing.
        while (count := self._file.write(data)) is not None and count < len(data):
            if count <= 0:
                raise TransferError(f"write() of the file object took {count} of {len(data)} bytes")
            data = data[count:]


class _File:
    """The partial file, possibly of an earlier run. Its name contains the object's ETag."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder, name = os.path.split(path)
        self._folder = self._folder or "."
        _check_place(path)
        whole = os.fsencode(name)
        if len(whole) > _NAME_BYTES:
            name = f"{name[:_NAME_CHARS]}.{crc32(whole):08x}"
        self._start = f".{name}."
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
        """Create an empty partial file for an object and remove all others."""
        self.close()
        for found in self._find():
            self._open(found[len(self._start) : -len(_SUFFIX)])
            os.unlink(self._place)
            self.close()
        plain = etag.strip('"')
        self._open(plain if is_plain(plain) else "none")
        disk = os.fstatvfs(self._descriptor)
        if disk.f_blocks and size > disk.f_bavail * disk.f_frsize:
            raise self._give_up(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        return True

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        rest = memoryview(data)
        try:
            while rest:
                written = os.pwrite(self._descriptor, rest, self.have_bytes)
                rest = rest[written:]
                self.have_bytes += written
            self._unsynced_bytes += len(data)
            if self._unsynced_bytes >= SYNC_BYTES:
                self._unsynced_bytes = 0
                os.fsync(self._descriptor)
        except OSError as error:
            raise self._give_up(error) from error

    def feed(self, checksum: Any) -> None:
        """Update a checksum with the bytes that an earlier run received."""
        at = 0
        while data := os.pread(self._descriptor, _READ_BYTES, at):
            checksum.update(data)
            at += len(data)

    def put_in_place(self, replace: bool) -> bool:
        """Rename it into place. A power cut at any moment leaves either the old or the new file.
        False, without a partial file, if a file is there that may not be replaced.
        """
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise self._give_up(error) from error
        if replace:
            os.replace(self._place, self._path)
        else:
            try:  # unlike a rename, it never replaces a file
                os.link(self._place, self._path)
            except FileExistsError:
                os.unlink(self._place)
                return False
            except OSError:  # a file system without links
                if os.path.lexists(self._path):
                    os.unlink(self._place)
                    return False
                os.replace(self._place, self._path)
            else:
                os.unlink(self._place)
        sync_folder(self._folder)
        return True

    def _give_up(self, error: OSError) -> OSError:
        """Remove the partial file after an error of the disk: a full one needs the room, and what
        a failed fsync has lost is not noticed later. Returns the error with the file's name.
        """
        os.unlink(self._place)
        return OSError(error.errno, error.strerror, self._path)

    def close(self) -> None:
        """Close the partial file without removing it."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _open(self, etag: str) -> None:
        self._place = os.path.join(self._folder, f"{self._start}{etag}{_SUFFIX}")
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(self._place, flags, 0o666)
        # Of two downloads of one file, neither may put the other's half in place.
        if not lock(self._descriptor, self._place):
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


def _check_place(path: str) -> None:
    """Raise if what is at a path is not a file that may be replaced: a folder or a device."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        mode = stat.S_IFREG if os.path.basename(path) else stat.S_IFDIR
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(mode):
        raise TransferError(f"{path}: not a regular file: open it, and pass it to download_fileobj")


def is_plain(etag: str) -> bool:
    """Whether an ETag, which comes from the network, is safe in a file name."""
    return 0 < len(etag) <= _ETAG_CHARS and etag.isascii() and etag.replace("-", "").isalnum()


class _Download:
    """The download of one object."""

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
                raise ConfigError(f"argument {name}: leave it out; the download sets it")
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
        """Download the whole object and return the last response."""
        failures = 0
        resumes = self._target.have_bytes > 0
        while True:
            before = self._target.have_bytes
            try:
                if resumes:
                    self._resume()
                    resumes = False
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
        """Resume where an earlier run ended, if the object has not changed since."""
        if not hasattr(self._client, "head_object"):
            return
        try:
            head = self._ask_head(**self._mode)
        except ServiceError as error:
            if _is_passing(error):
                raise
            return  # GetObject tells why, or is what the server has
        if head.ETag != self._target.etag or (head.ContentLength or 0) < self._target.have_bytes:
            return
        self._head, self._etag, self._size = head, head.ETag, head.ContentLength
        if self._mode:
            self._checksum = find_checksum(head, self._asker)
            if self._checksum is not None:
                self._target.feed(self._checksum)

    def _take(self) -> Any:
        """Make one request. None if there is more to get, or the object has been replaced."""
        have = self._target.have_bytes
        if self._etag and have == self._size:  # only the checksum remains to be checked
            if self._checksum is not None:
                self._checksum.check()
            return self._head
        if not self._etag:
            answer = self._client.get_object(**self._params, **self._mode)
            skip, end = 0, answer.ContentLength
        else:
            get = self._client.get_object
            rest = open_rest(get, self._etag, have, self._size, **self._params, **self._mode)
            if rest is None:
                self._restart(TransferError("the object kept changing while it was downloaded"))
                return None
            answer, skip, end = rest
        with answer.Body as body:
            if not self._etag:
                if answer.ETag is None or end is None:
                    raise ProtocolError("S3's response lacks the object's size or ETag")
                if answer.ContentRange is not None:
                    raise ProtocolError("S3 sent a part of the object instead of the whole")
                if not self._target.begin(answer.ETag, end):
                    raise TransferError("the object changed during its download")
                self._etag, self._size = answer.ETag, end
            checksum = self._find_checksum(answer, body)
            for data in body:
                if skip:
                    skipped = min(skip, len(data))
                    skip -= skipped
                    data = data[skipped:]
                if self._target.have_bytes + len(data) > end:
                    raise ProtocolError("the object is longer than announced")
                if checksum is not None:
                    checksum.update(data)
                self._target.write(data)
                if self._progress is not None and data:
                    self._progress(self._target.have_bytes, self._size)
        if self._target.have_bytes < end:
            raise ProtocolError("the object is shorter than announced")
        if end < self._size:
            return None
        if checksum is not None:
            checksum.check()
        return answer

    def _find_checksum(self, answer: Any, body: Any) -> Any:
        """What to update with the bytes that are written; None if the body does it, or nobody."""
        if not self._mode:
            return None
        if not self._target.have_bytes:
            # The checksum in the response's own headers has precedence: the body verifies it.
            self._checksum = body.checksum or find_checksum(answer, self._asker)
        elif self._checksum is not None:
            body.checksum = None  # of other bytes than those that are missing
        return None if body.checksum is self._checksum else self._checksum

    def _restart(self, error: Exception) -> None:
        """Start over, or raise the error if that is impossible or was done too often."""
        self._restarts += 1
        if self._restarts > RESTARTS or isinstance(self._target, _Stream):
            raise error
        self._etag, self._checksum = "", None

    @property
    def _asker(self) -> Callable[[int], int] | None:
        return self._ask_part if hasattr(self._client, "head_object") else None

    def _ask_part(self, number: int) -> int:
        """The size of one of the parts in which the object was uploaded, 0 if it is unknown."""
        try:
            head = self._ask_head(IfMatch=self._etag, PartNumber=number)
        except ServiceError as error:
            if error.status == 412 or _is_passing(error):
                raise
            return 0  # a server that does not know parts: their checksum cannot be verified
        return int(head.ContentLength or 0)

    def _ask_head(self, **more: Any) -> Any:
        params = {name: self._params[name] for name in _HEAD if name in self._params}
        return self._client.head_object(**params, **more)


def _is_passing(error: Exception) -> bool:
    """Whether another attempt may succeed."""
    if isinstance(error, ServiceError):
        return error.status in TRANSIENT_STATUSES or error.status == THROTTLED_STATUS
    return True
