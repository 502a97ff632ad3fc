"""Bodies too big for memory, both ways. Loaded when the first of them is sent or received.

What sends and receives here works on the sockets that transport made.
"""

from __future__ import annotations

import io
import select
import time

from aws.errors import ValidationError
from edgemote import limits
from edgemote.errors import ConnectionClosedError, ProtocolError, ReadTimeoutError, TransportError
from edgemote.http.transport import feed, leave_at_fork, limit_acknowledgement, receive_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from socket import socket
    from types import TracebackType
    from typing import Any, BinaryIO

    from edgemote.http.http1 import ResponseParser
    from edgemote.http.transport import Transport


class Body:
    """An answer's body as it arrives, in constant memory: to iterate over, to read, or to close.

    Read to its end, it gives the connection back; closed before, it closes the connection. A body
    that the peer cuts raises ConnectionClosedError, a silent or dripping peer ReadTimeoutError, bad
    chunks ProtocolError. In a forked child it is closed.
    """

    __slots__ = ("__weakref__", "_pace", "_parser", "_ready", "_sock", "_transport")

    def __init__(
        self, transport: Transport, sock: socket, parser: ResponseParser, ready: bytes
    ) -> None:
        self._transport = transport
        self._sock: socket | None = sock
        self._parser = parser
        self._ready = ready
        self._pace = Pace(transport._answer_timeout_s)
        leave_at_fork(self)
        self._release()

    def read(self, size: int | None = -1) -> bytes:
        """Return so many bytes, fewer only at the end; if negative or None, all that is left.

        ProtocolError if all that is left exceeds the transport's body limit.
        """
        size = -1 if size is None else size
        limit_bytes = self._transport._body_limit_bytes if size < 0 else size
        out = io.BytesIO()
        left = limit_bytes
        while left or size < 0:
            chunk = self._next()
            if not chunk:
                break
            if len(chunk) > left:
                if size < 0:
                    self.close()
                    raise ProtocolError(
                        f"{self._transport.peer}: body exceeds {limit_bytes} bytes "
                        "(limits.BODY_BYTES unless given): read it in pieces, or pass a larger "
                        "body_limit_bytes to connect"
                    )
                self._ready = chunk[left:]
                chunk = chunk[:left]
            left -= out.write(chunk)
        return out.getvalue()

    def wait(self, limit_s: float) -> bool:
        """Whether there is something to read, the end included, within so many seconds.

        Then iterating takes a step without waiting, but for the rest of a TLS record. A program
        with a loop of its own so keeps a body that is slow to come.
        """
        sock = self._sock
        if sock is None or self._ready or self._parser.complete:
            return True
        pending = getattr(sock, "pending", None)  # decrypted already, so poll would not see it
        if pending is not None and pending():
            return True
        watch = select.poll()
        watch.register(sock, select.POLLIN)
        return bool(watch.poll(max(0.0, limit_s) * 1000))

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._next():
            yield chunk

    def close(self) -> None:
        """Give up what has not been read."""
        self._ready = b""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    after_fork = close

    def __enter__(self) -> Body:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _next(self) -> bytes:
        """Return the next bytes, b"" at the end."""
        chunk, self._ready = self._ready, b""
        while not (chunk or self._parser.complete):
            sock = self._sock
            try:
                if sock is None:
                    raise ConnectionClosedError("the body was closed before its end")
                self._pace.start()
                self._transport.heed(sock)
                data = self._transport._receive(sock, True)
                chunk = feed(self._parser, data)
                self._pace.stop(len(data))
            except TransportError as error:
                self.close()
                peer = self._transport.peer
                raise type(error)(f"{peer}: {error}") from error.__cause__
            except BaseException:
                self.close()
                raise
            self._release()
        return chunk

    def _release(self) -> None:
        if self._parser.complete and self._sock is not None:
            sock, self._sock = self._sock, None
            self._transport._keep(sock, self._parser.keep)


def frame_body(
    head: bytes, body: bytes | BinaryIO | Iterable[bytes] | None, chunked: bool
) -> Iterator[bytes | memoryview]:
    """Yield head and body in pieces to send, the first with the head; files are read as it goes.

    Raises ValueError if a body that is not chunked does not have the length that head declares: the
    peer would take the difference for the next request, or wait for it.
    """
    left = -1 if chunked else _declared_length(head)
    prefix = head
    for piece in _pieces(body or b""):
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


def _pieces(body: bytes | BinaryIO | Iterable[bytes]) -> Iterator[bytes | memoryview]:
    size = limits.SEND_BYTES
    if isinstance(body, bytes):
        view = memoryview(body)
        return (view[at : at + size] for at in range(0, len(view), size))
    read = getattr(body, "read", None)
    return map(_flatten, body) if read is None else iter(lambda: _flatten(read(size)), b"")


def _flatten(piece: Any) -> bytes | memoryview:
    """The bytes of whatever holds some: its items may be larger than one."""
    if isinstance(piece, bytes):
        return piece
    if piece is None:
        raise ValueError("the body's read() returned None: pass a file that waits for its content")
    view = memoryview(piece)
    return view.cast("B") if view.c_contiguous and view.nbytes else view.tobytes()


def hold_small(body: Any) -> Any:
    """Return a seekable file's content from where it stands, if it says that this is little; else
    the body itself.

    What /proc and /sys say of a size, 0 or a page, is not what can be read. Raises ValidationError
    if it is more than limits.BODY_BYTES.
    """
    seekable = getattr(body, "seekable", None)
    if seekable is None or not seekable():
        return body
    start = body.tell()
    try:
        size = body.seek(0, 2) - start
    except OSError:  # some files of /proc have no end to go to
        size = 0
    body.seek(start)
    if size > limits.SMALL_FILE_BYTES:
        return body
    content = io.BytesIO()
    for piece in _pieces(body):
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
    transport: Transport,
    sock: socket,
    parser: ResponseParser,
    pieces: Iterator[bytes | memoryview],
) -> tuple[bytes, bool]:
    """Send until done, or until the peer answers or hangs up.

    Returns the first bytes of the answer's body, if it came early, and whether all was sent. A
    server that refuses an upload answers before its end: that must not be lost to a broken pipe.
    """
    # A peer that takes nothing for a while acknowledges nothing either.
    limit_acknowledgement(sock, 0)
    watch = select.poll()
    watch.register(sock, select.POLLIN | select.POLLOUT)
    pace = Pace(transport._answer_timeout_s)
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            pace.start()
            events = watch.poll(transport._read_timeout_s * 1000)
            if not events:
                raise ReadTimeoutError(f"took nothing for {transport._read_timeout_s:g} s")
            if events[0][1] != select.POLLOUT:
                early = _receive_early(transport, sock, parser)
                if parser.status:
                    return early, False
                pace.stop(0)
                continue
            try:
                sent = sock.send(rest[: limits.SEND_BYTES])
            except TimeoutError as error:
                raise transport._explain(error, sock, parser.begun) from error
            except OSError:
                return b"", False
            rest = rest[sent:]
            if transport._meter is not None:
                transport._meter.sent(sent)
            pace.stop(sent)
    return b"", True


def _receive_early(transport: Transport, sock: socket, parser: ResponseParser) -> bytes:
    try:
        data = receive_now(sock)
    except OSError as error:
        raise transport._explain(error, sock, parser.begun) from error
    return b"" if data is None else feed(parser, data)


class Pace:
    """Bounds the time spent waiting for a peer where the size is open, by what came through."""

    __slots__ = ("_allowed_s", "_started")

    def __init__(self, allowed_s: float) -> None:
        self._allowed_s = allowed_s
        self._started = 0.0

    def start(self) -> None:
        self._started = time.monotonic()

    def stop(self, size: int) -> None:
        waited_s = time.monotonic() - self._started
        self._allowed_s += size / limits.SLOWEST_BYTES_PER_S - waited_s
        if self._allowed_s < 0:
            raise ReadTimeoutError(
                "for too long slower than limits.SLOWEST_BYTES_PER_S"
                f" ({limits.SLOWEST_BYTES_PER_S})"
            )
