"""Checksums of bodies, by their names in the models."""

from __future__ import annotations

from binascii import crc32
from typing import Any

_HASHES = ("md5", "sha1", "sha256", "sha512")
_SLOW = ("crc32c", "crc64nvme")
NAMES = ("crc32", *_HASHES[1:], *_SLOW)


class Crc32:
    """CRC32 by the standard library, which is as fast as reading."""

    __slots__ = ("_number",)

    def __init__(self) -> None:
        self._number = 0

    def update(self, data: bytes | memoryview) -> None:
        """Take the next bytes."""
        self._number = crc32(data, self._number)

    def digest(self) -> bytes:
        """The checksum of all bytes so far."""
        return self._number.to_bytes(4, "big")


def start(name: str) -> Any:
    """Return an object with update() and digest(), or None if the checksum is not available.

    CRC32C and CRC64NVME are calculated in Python, a hundred times slower, by a module that a
    bundle contains only on request.
    """
    if name == "crc32":
        return Crc32()
    if name in _HASHES:
        import hashlib

        return hashlib.new(name, usedforsecurity=False)
    if name in _SLOW:
        try:
            from edgemote.client.crc import Crc
        except ModuleNotFoundError:
            return None
        return Crc(name)
    return None
