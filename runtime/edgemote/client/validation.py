"""Checksums of a response's body, which S3 sends where the caller asks for them (ChecksumMode).

botocore.httpchecksum; those that Python lacks (CRC32C, CRC64NVME, XXHASH) and those of an object's
parts (`...-3`) are passed over, as botocore does without the C library. Loaded with the first
response of this kind.
"""

from __future__ import annotations

from binascii import Error, a2b_base64, crc32
from typing import TYPE_CHECKING, Any

from edgemote.errors import DamagedBodyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from edgemote.http.streaming import Body

_PREFIX = "x-amz-checksum-"
_ALGORITHMS = ("crc32", "sha1", "sha256", "sha512")  # in botocore's order: the first one counts


def validate(response: Any) -> None:
    """Put a body in the response's place that is validated while it is read.

    Reading its end raises DamagedBodyError where the checksum is another one; bytes raise it here.
    """
    for algorithm in _ALGORITHMS:
        text = response.headers.get(_PREFIX + algorithm, "-")
        if "-" not in text:
            break
    else:
        return
    checksum = Checksum(algorithm, text)
    if isinstance(response.body, bytes):
        checksum.update(response.body)
        checksum.check()
    else:
        response.body = ValidatedBody(response.body, checksum)


class Checksum:
    """What was read, against what the header says."""

    __slots__ = ("_algorithm", "_expected", "_number", "_state", "_text")

    def __init__(self, algorithm: str, text: str) -> None:
        self._algorithm = algorithm
        self._text = text
        try:
            self._expected = a2b_base64(text)
        except Error:
            self._expected = b""
        self._number = 0
        self._state: Any = None
        if algorithm != "crc32":
            import hashlib

            self._state = hashlib.new(algorithm)

    def update(self, piece: bytes) -> None:
        if self._state is None:
            self._number = crc32(piece, self._number)
        else:
            self._state.update(piece)

    def check(self) -> None:
        state = self._state
        found = self._number.to_bytes(4, "big") if state is None else state.digest()
        if found != self._expected:
            raise DamagedBodyError(
                f"the body does not match the checksum in its header {_PREFIX}{self._algorithm}, "
                f"{self._text!r:.100}: it was damaged in transit: read it again"
            )


class ValidatedBody:
    """A streaming.Body whose end raises DamagedBodyError where the checksum is another one."""

    __slots__ = ("_body", "_checksum")

    def __init__(self, body: Body, checksum: Checksum) -> None:
        self._body = body
        self._checksum = checksum

    def read(self, size: int | None = -1) -> bytes:
        """As Body.read."""
        size = -1 if size is None else size
        piece = self._body.read(size)
        self._checksum.update(piece)
        if size < 0 or len(piece) < size:
            self._checksum.check()
        return piece

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._checksum.update(piece)
            yield piece
        self._checksum.check()

    def wait(self, limit_s: float) -> bool:
        """As Body.wait."""
        return self._body.wait(limit_s)

    def close(self) -> None:
        """Give up what has not been read."""
        self._body.close()

    def __enter__(self) -> ValidatedBody:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
