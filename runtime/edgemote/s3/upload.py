"""Uploads: small files in one request, others in parts. A restart loses at most one part."""

from __future__ import annotations

import os
import stat
from binascii import b2a_base64, crc32
from typing import TYPE_CHECKING, Any

from aws.errors import Error, ServiceError
from aws.sigv4 import sha256
from edgemote.errors import ConfigError, ProtocolError
from edgemote.http.streaming import hold_small, measure
from edgemote.limits import SMALL_FILE_BYTES
from edgemote.s3 import CUSTOMER_KEY, TransferError, check_choice, check_sizes, read_path, require
from edgemote.s3.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Progress: TypeAlias = Callable[[int, int | None], object]

# Larger files are uploaded in parts; the defaults are those of s3transfer.
THRESHOLD_BYTES = PART_BYTES = 8_388_608
# S3's limits.
LEAST_PART_BYTES = 5_242_880
MOST_PART_BYTES = 5_368_709_120
PART_COUNT = 10_000
OBJECT_BYTES = 5_497_558_138_880
_MIB = 1_048_576

# The caller's parameters that are also passed to operations other than CreateMultipartUpload.
_COMMON = ("ExpectedBucketOwner", "RequestPayer")
_PART = (*_COMMON, *CUSTOMER_KEY)
_COMPLETE = (*_COMMON, *CUSTOMER_KEY, "IfMatch", "IfNoneMatch")
_NOT_BEGIN = ("IfMatch", "IfNoneMatch", "ContentMD5")
_WRONG_PARTS = ("BadDigest", "EntityTooSmall", "InvalidPart", "InvalidPartOrder")
_OPERATIONS = (
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
)


def upload_file(
    client: Any,
    path: str | os.PathLike[str],
    bucket: str,
    key: str,
    *,
    progress: Progress | None = None,
    on_exists: str = "replace",
    threshold_bytes: int = THRESHOLD_BYTES,
    part_bytes: int = PART_BYTES,
    state_file: str | os.PathLike[str] | None = None,
    **extra: Any,
) -> Any:
    """Upload a file and return the result of PutObject or CompleteMultipartUpload.

    Args:
        client: an aws.s3 client with PutObject, CreateMultipartUpload, UploadPart,
            CompleteMultipartUpload and AbortMultipartUpload
        progress: called with the number of bytes sent so far and the total
        on_exists: what to do if the object exists: "replace" it, "skip" the upload and return
            None, or raise FileExistsError ("error")
        threshold_bytes: larger files are sent in parts
        part_bytes: size of a part; larger for large files, since S3 allows at most 10,000 parts
        state_file: records which parts were uploaded; in the file's folder by default. The same
            call after a restart resumes from there, unless the file has changed
        extra: further parameters of PutObject, such as ContentType and Metadata

    Raises the client's errors; parts that were uploaded are kept, and the next call resumes.
    Raises TransferError if the file changes during the upload, and OSError if another upload uses
    the state file.
    """
    check_choice(on_exists)
    check_sizes(threshold_bytes=threshold_bytes, part_bytes=part_bytes)
    path = read_path("path", path)
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # to open a pipe would wait for its writer
        raise TransferError(f"{path}: not a regular file: open it, and pass it to upload_fileobj")
    with open(path, "rb", buffering=0) as file:
        facts = os.fstat(file.fileno())
        upload = _Upload(client, bucket, key, on_exists, extra, progress)

        def check_source() -> None:
            now = os.fstat(file.fileno())
            if (now.st_size, now.st_mtime_ns) != (facts.st_size, facts.st_mtime_ns):
                raise TransferError(f"{path}: changed while it was being uploaded")

        def report(done_bytes: int) -> None:
            upload.report(done_bytes)
            if done_bytes == facts.st_size:  # before the last of it is sent
                check_source()

        if facts.st_size <= min(SMALL_FILE_BYTES, threshold_bytes):
            data = hold_small(file)  # in /proc and /sys, files have another size than they say
            result = upload.put(data, len(data))
            upload.report(len(data))
            return result
        if facts.st_size <= threshold_bytes:
            return upload.put(Slice(file, 0, facts.st_size, 0, report), facts.st_size)
        # Hashed because the parameters may contain an encryption key.
        params = sha256(repr(sorted(extra.items())).encode()).hexdigest()
        source = [bucket, key, facts.st_size, facts.st_mtime_ns, params]
        with State(state_file, _place_state(path, bucket, key)) as state:
            return upload.send_file(file, facts.st_size, part_bytes, state, source, check_source)


def abort_upload(
    client: Any,
    path: str | os.PathLike[str],
    bucket: str,
    key: str,
    *,
    state_file: str | os.PathLike[str] | None = None,
) -> bool:
    """Abort an unfinished upload and discard its parts. Returns whether there was one. The
    arguments are those of upload_file.
    """
    with State(state_file, _place_state(path, bucket, key)) as state:
        if state.load() is None:
            return False
        _Upload(client, bucket, key, "replace", {}, None).abort(state)
        return True


def upload_fileobj(
    client: Any,
    file: Any,
    bucket: str,
    key: str,
    *,
    progress: Progress | None = None,
    on_exists: str = "replace",
    threshold_bytes: int = THRESHOLD_BYTES,
    part_bytes: int = PART_BYTES,
    **extra: Any,
) -> Any:
    """Upload a binary file object from its current position. Unlike upload_file, this does not
    resume after a restart.

    If the file cannot seek (a pipe, for example), one part at a time is held in memory. An upload
    that fails is aborted.
    """
    check_choice(on_exists)
    check_sizes(threshold_bytes=threshold_bytes, part_bytes=part_bytes)
    if not hasattr(file, "read"):
        raise ConfigError(f"argument file: expected a binary file, got {type(file).__name__}")
    upload = _Upload(client, bucket, key, on_exists, extra, progress)
    size = measure(file)
    if size is None:
        return upload.send_stream(file, part_bytes)
    if size <= threshold_bytes:
        start = file.tell()
        return upload.put(Slice(file, start, size, 0, lambda n: upload.report(n - start)), size)
    return upload.send_file(file, size, part_bytes, None, [], lambda: None)


def fit_part(size_bytes: int, part_bytes: int) -> int:
    """The size of a file's parts: at least part_bytes, and more if S3's part limit requires it."""
    if size_bytes > OBJECT_BYTES:
        raise TransferError(
            f"the file has {size_bytes} bytes, which is more than an S3 object can have: "
            f"{OBJECT_BYTES}"
        )
    if not LEAST_PART_BYTES <= part_bytes <= MOST_PART_BYTES:
        raise ConfigError(
            f"argument part_bytes: expected {LEAST_PART_BYTES} to {MOST_PART_BYTES}, "
            f"got {part_bytes!r:.80}"
        )
    least = -(-size_bytes // PART_COUNT)
    return part_bytes if least <= part_bytes else -(-least // _MIB) * _MIB


class Slice:
    """A part of a file as a seekable file. `crc` continues that of the preceding part."""

    def __init__(
        self, file: Any, start: int, size: int, crc: int, report: Callable[[int], None]
    ) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._crc = self.crc = crc
        self._at = 0
        self._report = report

    def seekable(self) -> bool:
        """Always true."""
        return True

    def tell(self) -> int:
        """The current position."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to a position relative to the start or, if whence is 2, to the end."""
        self._at = offset + (self._size if whence == 2 else 0)
        if not self._at:
            self.crc = self._crc
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return fewer bytes than requested only at the end."""
        left = self._size - self._at
        if size < 0 or size > left:
            size = left
        if not size:
            return b""
        self._file.seek(self._start + self._at)
        data: bytes = self._file.read(size)
        if not data:
            raise TransferError("the file became shorter while it was being uploaded")
        self._at += len(data)
        self.crc = crc32(data, self.crc)
        self._report(self._start + self._at)
        return data


class _Upload:
    """The upload of one object."""

    def __init__(
        self,
        client: Any,
        bucket: str,
        key: str,
        on_exists: str,
        extra: dict[str, Any],
        progress: Progress | None,
    ) -> None:
        self._client = client
        self._where = {"Bucket": bucket, "Key": key}
        self._on_exists = on_exists
        self._extra = extra
        self._progress = progress
        self._done_bytes = 0
        self._total_bytes: int | None = None
        self._algorithm = str.__str__(extra.get("ChecksumAlgorithm", "CRC32"))
        self._id = ""
        self._parts: list[dict[str, Any]] = []
        self._crc = 0

    def report(self, done_bytes: int) -> None:
        """Report progress, unless a retry resends bytes that were already reported."""
        if self._progress is not None and done_bytes > self._done_bytes:
            self._done_bytes = done_bytes
            self._progress(done_bytes, self._total_bytes)

    def put(self, body: Any, size: int) -> Any:
        """Send the object in one request."""
        require(self._client, "PutObject")
        self._total_bytes = size
        if self._is_there():
            return self._tell_exists()
        params = self._extra
        if not any(name.startswith("Checksum") for name in params):
            params = {**params, "ChecksumAlgorithm": self._algorithm}
        return self._finish(self._client.put_object, Body=body, **self._where, **params)

    def send_file(
        self,
        file: Any,
        size: int,
        part_bytes: int,
        state: State | None,
        source: list[Any],
        check_source: Callable[[], None],
    ) -> Any:
        """Send the object in parts, starting with the first that is not in the state."""
        require(self._client, *_OPERATIONS)
        self._total_bytes = size
        part_bytes = fit_part(size, part_bytes)
        start = 0 if state is not None else file.tell()
        known = None if state is None else state.load()
        resumed = known is not None and known["source"] == source
        if known is not None and not resumed:
            self._forget(state)
        if self._is_there():
            if resumed:
                self._forget(state)
            return self._tell_exists()

        def slices() -> Iterator[Slice]:
            for at in range(len(self._parts) * part_bytes, size, part_bytes):
                part = min(part_bytes, size - at)
                yield Slice(file, start + at, part, self._crc, lambda n: self.report(n - start))

        if resumed and known is not None and state is not None:
            self._id, self._parts = known["id"], state.parts
            part_bytes = known["part_bytes"]
            self._crc = self._parts[-1]["crc"] if self._parts else 0
            self.report(min(size, len(self._parts) * part_bytes))
            try:
                return self._send(slices(), state, size, check_source)
            except ServiceError as error:
                if error.code != "NoSuchUpload":
                    raise
                state.drop()  # aborted, by a client or a lifecycle rule
                self._done_bytes = self._crc = 0
        if state is not None:
            state.claim()
        self._begin()
        if state is not None:
            try:
                state.begin({"source": source, "id": self._id, "part_bytes": part_bytes})
            except BaseException:  # nobody would know the upload
                self._forget(None)
                raise
        return self._send(slices(), state, size, check_source)

    def send_stream(self, file: Any, part_bytes: int) -> Any:
        """Send a file that cannot seek, holding one part at a time in memory."""
        fit_part(0, part_bytes)
        first = _read_part(file, part_bytes)
        if len(first) < part_bytes:
            self._crc = crc32(first)
            result = self.put(first, len(first))
            self.report(len(first))
            return result
        require(self._client, *_OPERATIONS)
        if self._is_there():
            return self._tell_exists()

        def parts() -> Iterator[bytes]:
            part = first
            while part:
                yield part
                part = _read_part(file, part_bytes)

        self._begin()
        return self._send(parts(), None, None, lambda: None)

    def abort(self, state: State | None) -> None:
        """Discard the parts on S3. It is no error if the upload does not exist any more."""
        require(self._client, *_OPERATIONS)
        known = None if state is None else state.load()
        where = self._where
        if known is not None:
            self._id = known["id"]
            where = dict(zip(("Bucket", "Key"), known["source"], strict=False))
        try:
            self._client.abort_multipart_upload(**where, UploadId=self._id, **self._pick(_COMMON))
        except ServiceError as error:
            if error.code != "NoSuchUpload":
                raise
        if state is not None:
            state.drop()

    def _forget(self, state: State | None) -> None:
        """Abort an upload whose failure is reported already, or whose source has changed."""
        try:
            self.abort(state)
        except ServiceError:  # for lack of permission, perhaps, which must not block what follows
            if state is not None:
                state.drop()
        except Error:
            pass  # the next call aborts it

    def _begin(self) -> None:
        params = {name: value for name, value in self._extra.items() if name not in _NOT_BEGIN}
        params["ChecksumAlgorithm"] = self._algorithm
        # A checksum of the whole object can be verified without knowing the parts.
        if self._algorithm.startswith("CRC"):
            params.setdefault("ChecksumType", "FULL_OBJECT")
        answer = self._client.create_multipart_upload(**self._where, **params)
        self._id, self._parts = _demand(answer, "UploadId"), []

    def _send(
        self,
        bodies: Iterator[Any],
        state: State | None,
        size: int | None,
        check_source: Callable[[], None],
    ) -> Any:
        try:
            for body in bodies:
                self._send_part(body, state)
            try:
                check_source()
            except TransferError:
                self._forget(state)
                raise
            return self._complete(state, size)
        except BaseException as error:
            # Without a state file the upload can never be resumed.
            if state is None and getattr(error, "code", "") != "NoSuchUpload":
                self._forget(None)
            raise

    def _send_part(self, body: Any, state: State | None) -> None:
        number = len(self._parts) + 1
        if number > PART_COUNT:
            raise TransferError(
                f"the stream has more than {PART_COUNT} parts, which is S3's limit: pass a larger "
                "part_bytes"
            )
        answer = self._client.upload_part(
            **self._where,
            UploadId=self._id,
            PartNumber=number,
            Body=body,
            ChecksumAlgorithm=self._algorithm,
            **self._pick(_PART),
        )
        if isinstance(body, bytes):
            self._crc = crc32(body, self._crc)
            self.report(self._done_bytes + len(body))
        else:
            self._crc = body.crc
        name = f"Checksum{self._algorithm.upper()}"
        part = {
            "etag": _demand(answer, "ETag"),
            "sum": getattr(answer, name, None),
            "crc": self._crc,
        }
        if state is None:
            self._parts.append(part)
        else:
            state.add(part)
            self._parts = state.parts

    def _complete(self, state: State | None, size: int | None) -> Any:
        name = f"Checksum{self._algorithm.upper()}"
        parts = [
            {"PartNumber": number, "ETag": part["etag"]}
            | ({name: part["sum"]} if part["sum"] is not None else {})
            for number, part in enumerate(self._parts, 1)
        ]
        params = self._pick(_COMPLETE)
        if self._algorithm == "CRC32" and "ChecksumType" not in self._extra:
            text = b2a_base64(self._crc.to_bytes(4, "big"), newline=False).decode()
            params |= {"ChecksumCRC32": text, "ChecksumType": "FULL_OBJECT"}
        if size is not None:
            params["MpuObjectSize"] = size
        exists = None
        try:
            result = self._finish(
                self._client.complete_multipart_upload,
                **self._where,
                UploadId=self._id,
                MultipartUpload={"Parts": parts},
                **params,
            )
        except ServiceError as error:
            result = self._find_completed() if error.code == "NoSuchUpload" else None
            if result is None:
                if error.code in _WRONG_PARTS:  # the same parts would be refused every time
                    self._forget(state)
                raise
        except FileExistsError as error:
            result, exists = None, error
        if result is None:  # another upload was first, or it is the response to a retry
            result = self._find_completed()
        if result is None:
            self._forget(state)
            if exists is not None:
                raise exists
        elif state is not None:
            state.drop()
        return result

    def _find_completed(self) -> Any:
        """The object, if it has these parts: then only the response to the completion was lost."""
        from hashlib import md5

        try:
            digests = b"".join(bytes.fromhex(part["etag"].strip('"')) for part in self._parts)
            head = self._client.head_object(**self._where, **self._pick(_PART))
        except (AttributeError, ValueError, ServiceError):
            return None
        whole = md5(digests, usedforsecurity=False).hexdigest()
        return head if head.ETag == f'"{whole}-{len(self._parts)}"' else None

    def _finish(self, call: Callable[..., Any], **params: Any) -> Any:
        if self._on_exists != "replace":
            params["IfNoneMatch"] = "*"
        try:
            result = call(**params)
        except ServiceError as error:
            if self._on_exists == "replace" or error.status != 412:
                raise
            return self._tell_exists()
        _demand(result, "ETag")
        return result

    def _is_there(self) -> bool:
        """Whether the object exists and may not be replaced, as far as is known in advance."""
        if self._on_exists == "replace" or not hasattr(self._client, "head_object"):
            return False
        try:
            _demand(self._client.head_object(**self._where, **self._pick(_COMMON)), "ETag")
        except ServiceError as error:
            if error.status in (403, 404):  # without s3:ListBucket, a missing object is a 403
                return False
            raise
        return True

    def _tell_exists(self) -> None:
        if self._on_exists == "error":
            raise FileExistsError(
                17, "the object exists", f"s3://{self._where['Bucket']}/{self._where['Key']}"
            )

    def _pick(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self._extra[name] for name in names if name in self._extra}


def _place_state(path: str | os.PathLike[str], bucket: str, key: str) -> str:
    """The default state file: in the file's folder, with a name that depends on the object."""
    name = f"{bucket}/{key}".encode("utf-8", "replace")
    return f"{read_path('path', path)}.{crc32(name):08x}.upload"


def _read_part(file: Any, size: int) -> bytes:
    pieces = []
    while size > 0:
        piece = file.read(size)
        if piece is None:
            raise TransferError("read() returned None: expected a file in blocking mode")
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _demand(answer: Any, name: str) -> Any:
    """A member that S3 always sends: success without it was reported by something else."""
    value = getattr(answer, name)
    if value is None:
        raise ProtocolError(
            f"the response to an upload lacks its {name}: it is not from S3, but perhaps from a "
            "proxy or a captive portal"
        )
    return value
