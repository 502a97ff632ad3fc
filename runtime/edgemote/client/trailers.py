"""Bodies whose checksum follows them, so that they are read once: aws-chunked, unsigned, over TLS.

botocore.httpchecksum.AwsChunkedWrapper, with smaller chunks; and with a Content-Length where there
can be one, as AWS's SDKs for Go and Java do, since servers that are like S3 insist on it.
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

# What is signed in the place of the body's hash.
STREAMING_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
# S3 takes none below 8,192 but the last one.
_CHUNK_BYTES = 65_536


def announce(request: Request, trailer: str) -> dict[str, str]:
    """The headers that say how the body comes; it is made a file where it is bytes."""
    given = request.headers
    encoding = given.get("content-encoding")
    headers = {
        "content-encoding": f"{encoding},aws-chunked" if encoding else "aws-chunked",
        "x-amz-content-sha256": "",  # a mark for the signer, which fills it in
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
    """A body in aws-chunked coding, each time that it is iterated over.

    size_bytes: of that coding, and rewind: puts the body back to its start; None of both where the
    body can be read once only.
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
    """The bytes of a chunk; of an empty one none, for that is the end."""
    return len(f"{size:x}") + size + 4 if size else 0
