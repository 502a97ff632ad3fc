"""Streamed request bodies, for content too large for memory. Imported with the first of them."""

from __future__ import annotations

import io
import select
import time

from aws.errors import ValidationError
from edgemote import limits
from edgemote.errors import ReadTimeoutError
from edgemote.http.connection import feed
from edgemote.http.pace import Pace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, BinaryIO

    from edgemote.http.connection import Connection
    from edgemote.http.http1 import ResponseParser


def send_request(
    connection: Connection,
    parser: ResponseParser,
    head: bytes,
    body: bytes | BinaryIO | Iterable[bytes],
    chunked: bool,
    allowed_s: float,
    expects: bool,
) -> tuple[bytes, bool]:
    """Send head and body, as send_pieces does. expects: before a large body, wait up to
    limits.CONTINUE_S for 100 (Continue), and do not send the body after any other response.
    """
    asked = expects and not (isinstance(body, bytes) and len(body) <= limits.SMALL_FILE_BYTES)
    if asked:
        question = iter((head[:-2] + b"expect: 100-continue\r\n\r\n",))
        early, whole = send_pieces(connection, parser, question, allowed_s)
        end_s = time.monotonic() + limits.CONTINUE_S
        while whole and not (parser.status or parser.continued):
            if not connection.wait(end_s - time.monotonic()):
                break
            early = _receive_early(connection, parser)
        if parser.status or not whole:
            return early, False
    pieces = frame_body(head, body, chunked, asked)
    return send_pieces(connection, parser, pieces, allowed_s)


def frame_body(
    head: bytes, body: bytes | BinaryIO | Iterable[bytes] | None, chunked: bool, sent: bool = False
) -> Iterator[bytes | memoryview]:
    """Yield head and body in pieces to send, the first with the head unless that was sent; files
    are read as it goes.

    Raises ValueError if a body that is not chunked does not have the length that head declares: the
    peer would take the difference for the next request, or wait for it.
    """
    left = -1 if chunked else _declared_length(head)
    prefix = b"" if sent else head
    for piece in read_pieces(body or b""):
        if chunked:
            if piece:  # an empty chunk would end the body
                yield b"%b%x\r\n%b\r\n" % (prefix, len(piece), bytes(piece))
                prefix = b""
            continue
        left -= len(piece)
        if left < 0:
            raise ValueError("the body is longer than its Content-Length")
        yield prefix + piece if prefix else piece
        prefix = b""
    if chunked:
        yield prefix + b"0\r\n\r\n"
    elif left:
        raise ValueError(f"the body is {left} bytes shorter than its Content-Length")
    elif prefix:
        yield prefix


def read_pieces(body: bytes | BinaryIO | Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """Yield the pieces in which a body is sent."""
    size = limits.SEND_BYTES
    if isinstance(body, bytes):
        view = memoryview(body)
        return (view[at : at + size] for at in range(0, len(view), size))
    read = getattr(body, "read", None)
    return map(_flatten, body) if read is None else iter(lambda: _flatten(read(size)), b"")


def _flatten(piece: Any) -> bytes | memoryview:
    """The bytes of any buffer, whose items may be larger than one byte."""
    if isinstance(piece, bytes):
        return piece
    if piece is None:
        raise ValueError("the body's read() returned None: pass a file that waits for its content")
    view = memoryview(piece)
    return view.cast("B") if view.c_contiguous and view.nbytes else view.tobytes()


def measure(body: Any) -> int | None:
    """The bytes of a file from its current position; None if it cannot seek.

    Raises OSError for some files in /proc, which cannot seek to their end.
    """
    seekable = getattr(body, "seekable", None)
    if seekable is None or not seekable():
        return None
    start = body.tell()
    try:
        return int(body.seek(0, 2) - start)
    finally:
        body.seek(start)


def hold_small(body: Any) -> Any:
    """Return a seekable file's content from where it stands, if it says that this is little; else
    the body itself.

    What /proc and /sys say of a size, 0 or a page, is not what can be read. Raises ValidationError
    if it is more than limits.BODY_BYTES.
    """
    try:
        size = measure(body)
    except OSError:
        size = 0
    if size is None or size > limits.SMALL_FILE_BYTES:
        return body
    content = io.BytesIO()
    for piece in read_pieces(body):
        content.write(piece)
        if content.tell() > limits.BODY_BYTES:
            raise ValidationError(
                f"the body's file says it has {size} bytes and gives more than limits.BODY_BYTES "
                f"({limits.BODY_BYTES})"
            )
    return content.getvalue()


def _declared_length(head: bytes) -> int:
    _, found, after = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("the head declares neither a Content-Length nor chunks")
    return int(after.partition(b"\r\n")[0])


def send_pieces(
    connection: Connection,
    parser: ResponseParser,
    pieces: Iterator[bytes | memoryview],
    allowed_s: float,
) -> tuple[bytes, bool]:
    """Send until done, or until the peer responds or hangs up.

    Returns the first bytes of the response's body, if it came early, and whether all was sent. A
    server that refuses an upload responds before its end: that must not be lost to a broken pipe.
    """
    # A peer that takes nothing for a while acknowledges nothing either.
    connection.limit_acknowledgement(0)
    watch = select.poll()
    watch.register(connection.sock, select.POLLIN | select.POLLOUT)
    pace = Pace(allowed_s)
    limit_s = connection.read_timeout_s
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            pace.start()
            events = watch.poll(limit_s * 1000)
            if not events:
                raise ReadTimeoutError(f"the peer accepted no data for {limit_s:g} s")
            if events[0][1] != select.POLLOUT:
                early = _receive_early(connection, parser)
                if parser.status:
                    return early, False
                pace.stop(0)
                continue
            sent = connection.send_some(rest[: limits.SEND_BYTES], parser.begun)
            if not sent:
                return b"", False
            rest = rest[sent:]
            pace.stop(sent)
    return b"", True


def _receive_early(connection: Connection, parser: ResponseParser) -> bytes:
    try:
        data = connection.receive_now()
    except OSError as error:
        raise connection.explain(error, parser.begun) from error
    return b"" if data is None else feed(parser, data)
