"""An object store for transfers of any size, which keeps nothing: its objects are zeros."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from zlib import crc32

from .http_peer import Wire

_BLOCK = bytes(1 << 20)


def serve_zeros(sizes: Mapping[str, int]) -> Callable[[Wire], None]:
    """A `Peer`'s script for objects of these sizes, by their keys; uploads must be as long."""
    checksums = {}
    for key, size in sizes.items():
        number, left = 0, size
        while left:
            number = crc32(_BLOCK[:left], number)
            left -= min(left, len(_BLOCK))
        checksums[key] = b64encode(number.to_bytes(4, "big")).decode()

    def script(wire: Wire) -> None:
        while head := wire.read_head().decode():
            [key] = [key for key in sizes if f"/{key}" in head.partition("\r\n")[0]]
            found = re.search(r"\r\ncontent-length: (\d+)", head)
            left = int(found[1]) if found else 0
            if "expect: 100" in head:
                wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            if head.startswith("POST"):
                wire.read(left)
                result = b"<C><ETag>e</ETag></C>"  # of CompleteMultipartUpload
                if "?uploads" in head:
                    result = (
                        b"<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                        b"</InitiateMultipartUploadResult>"
                    )
                else:
                    assert f"\r\nx-amz-checksum-crc32: {checksums[key]}\r\n" in head
                wire.answer(result)
            elif head.startswith("PUT"):
                while left:
                    left -= len(wire.read(min(left, len(_BLOCK))))
                wire.answer(more=b'ETag: "e"\r\n')
            else:
                left = sizes[key]
                wire.send(
                    f'HTTP/1.1 200 OK\r\nContent-Length: {left}\r\nETag: "e"\r\n'
                    f"x-amz-checksum-crc32: {checksums[key]}\r\n\r\n".encode()
                )
                while left:
                    wire.send(_BLOCK[:left])
                    left -= min(left, len(_BLOCK))

    return script
