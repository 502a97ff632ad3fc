"""Find the checksum of a whole object: of its bytes, of its parts, or the MD5 in its ETag.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from edgemote.client import digests
from edgemote.client.validation import Checksum

if TYPE_CHECKING:
    from collections.abc import Callable

_HEX = "0123456789abcdef"


def find_checksum(answer: Any, ask_part: Callable[[int], int] | None) -> Any:
    """Return a checksum to update with the object's bytes and then check, from the result of
    GetObject or HeadObject; None if these contain nothing that can be checked.

    ask_part: returns the size of one of the parts in which the object was uploaded.
    """
    for name in digests.NAMES:
        text = getattr(answer, f"Checksum{name.upper()}", None)
        if text and digests.start(name) is not None:
            return _make(name, text, answer, ask_part, f"its Checksum{name.upper()}")
    etag = (answer.ETag or "").strip('"')
    plain, dash, count = etag.partition("-")
    # The ETag is no MD5 if the object is encrypted with a key other than S3's own.
    own = answer.ServerSideEncryption in (None, "AES256") and answer.SSECustomerAlgorithm is None
    if own and len(plain) == 32 and not plain.strip(_HEX):
        text = b2a_base64(bytes.fromhex(plain), newline=False).decode()
        return _make("md5", f"{text}{dash}{count}", answer, ask_part, "its ETag")
    return None


def _make(
    name: str, text: str, answer: Any, ask_part: Callable[[int], int] | None, source: str
) -> Any:
    plain, dash, count = text.partition("-")
    if not dash:
        return Checksum(digests.start(name), plain, source)
    if ask_part is None or not count.isdecimal() or len(count) > 5:
        return None
    checksum = Checksum(digests.start(name), plain, source)
    size, part = answer.ContentLength, ask_part(1)
    if (int(count) - 1) * part < size <= int(count) * part:
        return Composite(name, checksum, int(count), part, ask_part)
    return None  # the parts differ in size


class Composite:
    """The checksum of the checksums of an object's parts. All parts but the last are assumed to be
    of the same size; that is only checked if the checksum does not match.
    """

    __slots__ = ("_ask_part", "_count", "_left", "_name", "_part", "_part_bytes", "_whole")

    def __init__(
        self,
        name: str,
        whole: Checksum,
        count: int,
        part_bytes: int,
        ask_part: Callable[[int], int],
    ) -> None:
        self._name = name
        self._whole = whole
        self._count = count
        self._part_bytes = self._left = part_bytes
        self._ask_part = ask_part
        self._part = digests.start(name)

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        rest = memoryview(data)
        while rest:
            if not self._left:
                self._whole.update(self._part.digest())
                self._part, self._left = digests.start(self._name), self._part_bytes
            piece = rest[: self._left]
            self._part.update(piece)
            self._left -= len(piece)
            rest = rest[len(piece) :]

    def check(self) -> None:
        """Raise DamagedBodyError if the checksums differ."""
        self._whole.update(self._part.digest())
        try:
            self._whole.check()
        except Exception:
            others = range(2, self._count)
            if all(self._ask_part(number) == self._part_bytes for number in others):
                raise
