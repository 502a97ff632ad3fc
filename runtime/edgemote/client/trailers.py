"""Bodies followed by their checksum, so that they are read only once: aws-chunked, unsigned, over
TLS.

Like botocore.httpchecksum.AwsChunkedWrapper, but with smaller chunks, and with a Content-Length if
the size is known, as AWS's SDKs for Go and Java do: S3-compatible servers require it.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import io
from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from edgemote.client import digests
from edgemote.http.streaming import measure, read_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws.operation import Request

# Signed instead of the body's hash.
STREAMING_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
# S3 requires at least 8,192 bytes in all chunks but the last.
_CHUNK_BYTES = 65_536


def announce(request: Request, trailer: str) -> dict[str, str]:
    """Return the headers that describe the coding. A body of bytes is replaced by a file object."""
    given = request.headers
    encoding = given.get("content-encoding")
    headers = {
        "content-encoding": f"{encoding},aws-chunked" if encoding else "aws-chunked",
        "x-amz-content-sha256": "",  # a placeholder that the signer fills in
        "x-amz-trailer": trailer,
    }
    if isinstance(request.body, bytes):
        request.body = io.BytesIO(request.body)
    size = measure(request.body)
    length = given.get("content-length") if size is None else str(size)
    if length is not None:
        headers["x-amz-decoded-content-length"] = length
    return headers


class TrailedBody:
    """A body in aws-chunked coding; each iteration encodes it.

    size_bytes is the encoded size, and rewind seeks the body to its start. Both are None if the
    body can only be read once.
    """

    __slots__ = ("_body", "_trailer", "rewind", "size_bytes")

    def __init__(self, body: Any, trailer: str) -> None:
        self._body = body
        self._trailer = trailer
        self.rewind: Callable[[], object] | None = None
        self.size_bytes: int | None = None
        size = measure(body)
        if size is not None:
            start = body.tell()
            self.rewind = lambda: body.seek(start)
            chunks, last = divmod(size, _CHUNK_BYTES)
            end = self._write_end(digests.start(self._name))
            self.size_bytes = chunks * _measure(_CHUNK_BYTES) + _measure(last) + len(end)

    def __iter__(self) -> Iterator[bytes]:
        digest = digests.start(self._name)
        held = bytearray()
        for piece in read_pieces(self._body):
            digest.update(piece)
            held += piece
            while len(held) >= _CHUNK_BYTES:
                yield b"%x\r\n%b\r\n" % (_CHUNK_BYTES, bytes(held[:_CHUNK_BYTES]))
                del held[:_CHUNK_BYTES]
        if held:
            yield b"%x\r\n%b\r\n" % (len(held), bytes(held))
        yield self._write_end(digest)

    @property
    def _name(self) -> str:
        return self._trailer.removeprefix("x-amz-checksum-")

    def _write_end(self, digest: Any) -> bytes:
        text = b2a_base64(digest.digest(), newline=False)
        return b"0\r\n%b:%b\r\n\r\n" % (self._trailer.encode(), text)


def _measure(size: int) -> int:
    """The encoded size of a chunk; 0 if it is empty, since an empty chunk ends the body."""
    return len(f"{size:x}") + size + 4 if size else 0
