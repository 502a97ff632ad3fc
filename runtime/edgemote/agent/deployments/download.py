"""A model on its way from S3: streamed, resumed where it ended, hashed as the disk has it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote.agent.deployments.states import ModelError
from edgemote.client.ranges import open_rest
from edgemote.errors import ProtocolError

try:  # as aws.sigv4 does: hashlib loads digests that nobody needs here
    from _hashlib import openssl_sha1 as sha1
    from _hashlib import openssl_sha256 as sha256
except ImportError:  # a Python built without OpenSSL
    from hashlib import sha1, sha256

if TYPE_CHECKING:
    from _hashlib import HASH
    from collections.abc import Iterator
    from typing import Any

    from edgemote.agent.deployments.journal import ModelWork
    from edgemote.http.body import Body

# What one step takes from the link or the disk. A Cortex-A7 hashes and writes so much in 30 ms.
STEP_BYTES = 262_144
# A power cut loses no more of a download than this.
SYNC_BYTES = 4_194_304
_READ_BYTES = 16_384


def name_version(etag: str) -> str:
    """A folder's name for an object without a checksum."""
    return f"e{sha1(etag.encode(), usedforsecurity=False).hexdigest()}"


class Digests:
    """The hashes that a model's bytes have to have. signed: whether its SHA-256 is asked for."""

    __slots__ = ("_sha1", "_sha256", "_wanted", "size_bytes")

    def __init__(
        self, sum_sha1: str | None, sum_sha256: str | None = None, signed: bool = False
    ) -> None:
        if sum_sha1 is not None and len(sum_sha1) == 64:  # the deployment's own SHA-256
            sum_sha1, sum_sha256 = None, sum_sha1
        self._wanted = sum_sha1, sum_sha256
        self._sha1: HASH | None = sha1(usedforsecurity=False) if sum_sha1 else None
        self._sha256: HASH | None = sha256() if sum_sha256 or signed else None
        self.size_bytes = 0

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size_bytes += len(data)
        for digest in (self._sha1, self._sha256):
            if digest is not None:
                digest.update(data)

    @property
    def sha256(self) -> str | None:
        """In hexadecimal; None where nobody wants it."""
        return self._sha256.hexdigest() if self._sha256 is not None else None

    def find_difference(self) -> str | None:
        """Which hash is not as it should be, in words; None where all are."""
        found = (
            ("SHA1", self._sha1, self._wanted[0]),
            ("SHA-256", self._sha256, self._wanted[1]),
        )
        for name, digest, wanted in found:
            if digest is not None and wanted not in (None, digest.hexdigest()):
                return f"wrong checksum: {name} is {digest.hexdigest()}, expected {wanted}"
        return None


def hash_some(descriptor: int, digests: Digests, end_bytes: int) -> bool:
    """Hash the next STEP_BYTES of a file. Whether nothing is left, up to end_bytes."""
    for _ in range(STEP_BYTES // _READ_BYTES):
        left = end_bytes - digests.size_bytes
        data = os.pread(descriptor, min(left, _READ_BYTES), digests.size_bytes)
        if not data:
            return True
        digests.update(data)
    return digests.size_bytes >= end_bytes


class Rehash:
    """Hashes a file that is there, some at a time."""

    __slots__ = ("_descriptor", "_size_bytes", "digests")

    def __init__(self, path: str, digests: Digests) -> None:
        self._descriptor = os.open(
            os.path.realpath(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        )
        self._size_bytes = os.fstat(self._descriptor).st_size
        self.digests = digests

    def step(self) -> bool:
        """Hash the next STEP_BYTES. Whether that was all."""
        return hash_some(self._descriptor, self.digests, self._size_bytes)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


class Download:
    """One model and its partial file, which may hold what an earlier run got.

    have_bytes: what of the file is good as far as is known; resumed: whether an earlier run's bytes
    are among them
    """

    __slots__ = (
        "_body",
        "_chunks",
        "_descriptor",
        "_end_bytes",
        "_size_bytes",
        "_skip_bytes",
        "_unsynced_bytes",
        "digests",
        "handle",
        "have_bytes",
        "new_bytes",
        "resumed",
    )

    def __init__(self, model: ModelWork, path: str, signed: bool = False) -> None:
        self.handle = model.handle
        self._size_bytes = model.size_bytes
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        self.digests = Digests(model.sum, model.sha256, signed)
        self._body: Body | None = None
        self._chunks: Iterator[bytes] = iter(())
        self._skip_bytes = 0  # of the answer, that are here already
        self._end_bytes = 0  # where in the object the answer ends
        self._unsynced_bytes = 0
        self.have_bytes = os.fstat(self._descriptor).st_size
        self.new_bytes = 0  # since the connection was made
        if self.have_bytes > self._size_bytes:
            os.ftruncate(self._descriptor, 0)
            self.have_bytes = 0
        self.resumed = self.have_bytes > 0

    @property
    def is_connected(self) -> bool:
        """Whether S3 is sending."""
        return self._body is not None

    @property
    def is_complete(self) -> bool:
        """Whether every byte is there."""
        return self.have_bytes == self._size_bytes

    def hash(self) -> bool:
        """Hash some of the complete file. Whether nothing of it is left to hash.

        It is read again: what came is not always what the disk has.
        """
        return hash_some(self._descriptor, self.digests, self._size_bytes)

    def connect(self, s3: Any, model: ModelWork) -> bool:
        """Ask for what is missing. False if the object is another one by now."""
        self.new_bytes = 0
        assert model.etag is not None
        where = {"Bucket": model.bucket, "Key": model.key}
        opened = open_rest(s3.get_object, model.etag, self.have_bytes, self._size_bytes, **where)
        if opened is None:
            return False
        answer, self._skip_bytes, self._end_bytes = opened
        self._body = answer.Body
        self._chunks = iter(answer.Body)
        return True

    def take(self, limit_s: float) -> bool:
        """Write what comes within so many seconds, up to STEP_BYTES. False if nothing came.

        Raises TransportError where the link broke, OSError where the disk refused.
        """
        body = self._body
        assert body is not None
        if not body.wait(limit_s):
            return False
        taken = 0
        while taken < STEP_BYTES:
            data = next(self._chunks, b"")
            if not data:
                self.disconnect()
                if self.have_bytes < self._end_bytes:
                    raise ProtocolError("the object is shorter than announced")
                break
            taken += len(data)
            if self._skip_bytes:
                skipped = min(self._skip_bytes, len(data))
                self._skip_bytes -= skipped
                data = data[skipped:]
            if self.have_bytes + len(data) > self._size_bytes:
                self.disconnect()
                raise ProtocolError("the object is longer than announced")
            self._write(data)
            if not body.wait(0):
                break
        return True

    def verify(self) -> None:
        """Have the complete file on the disk, or raise ModelError if a hash is wrong."""
        difference = self.digests.find_difference()
        if difference is not None:
            raise ModelError(difference)
        os.fsync(self._descriptor)

    def disconnect(self) -> None:
        """Hang up; what has come stays."""
        body, self._body = self._body, None
        self._chunks = iter(())
        if body is not None:
            body.close()

    def close(self) -> None:
        """Hang up and close the file."""
        self.disconnect()
        os.close(self._descriptor)

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        at = self.have_bytes
        while rest:
            written = os.pwrite(self._descriptor, rest, at)
            rest = rest[written:]
            at += written
        self.have_bytes = at
        self.new_bytes += len(data)
        self._unsynced_bytes += len(data)
        if self._unsynced_bytes >= SYNC_BYTES:
            self._unsynced_bytes = 0
            os.fsync(self._descriptor)
