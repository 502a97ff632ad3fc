"""Checksums of a response's body, which S3 sends if the caller asks for them (ChecksumMode).

As in botocore.httpchecksum, checksums that cannot be calculated here (XXHASH) and those of an
object's parts (`...-3`) are ignored. Loaded with the first such response.
"""

from __future__ import annotations

from binascii import Error, a2b_base64
from typing import Any

from edgemote.client import digests
from edgemote.errors import DamagedBodyError

_PREFIX = "x-amz-checksum-"


def validate(response: Any) -> None:
    """Validate the body: bytes at once, a stream while it is read.

    Raises DamagedBodyError, for a stream with its last byte, if the checksum does not match.
    """
    for name in digests.NAMES:
        text = response.headers.get(_PREFIX + name, "-")
        if "-" not in text and (digest := digests.start(name)) is not None:
            break
    else:
        return
    checksum = Checksum(digest, text, f"its header {_PREFIX}{name}")
    if isinstance(response.body, bytes):
        checksum.update(response.body)
        checksum.check()
    else:
        response.body.verify(checksum)


class Checksum:
    """Compares what was read with the checksum that a header has in base64."""

    __slots__ = ("_digest", "_expected", "_source", "_text", "update")

    def __init__(self, digest: Any, text: str, source: str) -> None:
        self._digest = digest
        self._text = text
        self._source = source
        self.update = digest.update
        try:
            self._expected = a2b_base64(text)
        except Error:
            self._expected = b""

    def check(self) -> None:
        """Raise DamagedBodyError if they differ."""
        if self._digest.digest() != self._expected:
            raise DamagedBodyError(
                f"the body does not match the checksum in {self._source}, "
                f"{self._text!r:.100}: it was damaged in transit: read it again"
            )
