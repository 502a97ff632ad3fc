"""Bodies too big for memory, both ways. Loaded when the first of them is sent or received."""

from __future__ import annotations

import io
import select
import time

from aws.errors import ValidationError
from edgemote import limits
from edgemote.errors import ConnectionClosedError, ProtocolError, ReadTimeoutError, TransportError
from edgemote.http.connection import feed, leave_at_fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Any, BinaryIO, Protocol

    from edgemote.http.connection import Connection
    from edgemote.http.http1 import ResponseParser

    class Checksum(Protocol):
        """Takes a body in, and raises where it is another one than was announced."""

        def update(self, data: bytes) -> None: ...

        def check(self) -> None: ...


class Body:
    """A response's body as it arrives, in constant memory: to iterate over, to read, or to close.

    Read to its end, it gives the connection back; closed before, it closes the connection. A body
    that the peer cuts raises ConnectionClosedError, a silent or dripping peer ReadTimeoutError, bad
    chunks ProtocolError. In a forked child it is closed.
    """

    __slots__ = (
        "__weakref__",
        "_connection",
        "_ends",
        "_keep",
        "_limit_bytes",
        "_pace",
        "_parser",
        "_peer",
        "_ready",
        "checksum",
    )

    def __init__(
        self,
        connection: Connection,
        parser: ResponseParser,
        ready: bytes,
        *,
        keep: Callable[[Connection, bool], None],
        allowed_s: float,
        limit_bytes: int,
    ) -> None:
        self._connection: Connection | None = connection
        self._peer = connection.peer
        self._parser = parser
        self._ready = ready
        self._keep = keep  # takes the connection back
        self._limit_bytes = limit_bytes
        self._pace = Pace(allowed_s)
        self.checksum: Checksum | None = None
        self._ends = False
        leave_at_fork(self)
        self._release()

    def read(self, size: int | None = -1) -> bytes:
        """Return so many bytes, fewer only at the end; if negative or None, all that is left.

        ProtocolError if all that is left exceeds the transport's body limit.
        """
        size = -1 if size is None else size
        limit_bytes = self._limit_bytes if size < 0 else size
        out = io.BytesIO()
        left = limit_bytes
        while left or size < 0:
            chunk = self._next()
            if not chunk:
                break
            if len(chunk) > left:
                if size < 0:
                    self.close()
                    raise self._exceed("body")
                self._ready = chunk[left:]
                chunk = chunk[:left]
            left -= out.write(chunk)
        return out.getvalue()

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill a buffer, and return how much of it; less than its size only at the end."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def iter_chunks(self, chunk_size: int = 1024) -> Iterator[bytes]:
        """Yield pieces of this size, the last one of what is left."""
        while chunk := self.read(chunk_size):
            yield chunk

    def iter_lines(
        self, chunk_size: int = limits.RECEIVE_BYTES, keepends: bool = False
    ) -> Iterator[bytes]:
        """Yield line by line, without the line ends unless they are kept.

        ProtocolError if one exceeds the transport's body limit.
        """
        rest = b""
        for chunk in self.iter_chunks(chunk_size):
            # The last one may go on in the next chunk, even behind a carriage return.
            *lines, rest = (rest + chunk).splitlines(True)
            for line in lines:
                yield line.splitlines(keepends)[0]
            if len(rest) > self._limit_bytes:
                self.close()
                raise self._exceed("a line of the body")
        if rest:
            yield rest.splitlines(keepends)[0]

    def verify(self, checksum: Checksum, ends: bool = True) -> None:
        """Have what is read taken into a checksum. ends: and checked with the last byte, which is
        not handed out if that raises.
        """
        checksum.update(self._ready)
        self.checksum, self._ends = checksum, ends

    def wait(self, limit_s: float) -> bool:
        """Whether there is something to read, the end included, within so many seconds.

        Then iterating takes a step without waiting, but for the rest of a TLS record. A program
        with a loop of its own so keeps a body that is slow to come.
        """
        connection = self._connection
        if connection is None or self._ready or self._parser.complete:
            return True
        return connection.wait(limit_s)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._next():
            yield chunk

    def close(self) -> None:
        """Give up what has not been read."""
        self._ready = b""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

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
            connection = self._connection
            try:
                if connection is None:
                    raise ConnectionClosedError("the body was closed before its end")
                self._pace.start()
                connection.heed()
                data = connection.receive(True)
                chunk = feed(self._parser, data)
                self._pace.stop(len(data))
            except TransportError as error:
                self.close()
                raise type(error)(f"{self._peer}: {error}") from error.__cause__
            except BaseException:
                self.close()
                raise
            self._release()
            if self.checksum is not None:
                self.checksum.update(chunk)
        if self.checksum is not None and self._ends and self._parser.complete:
            self._ends = False
            self.checksum.check()
        return chunk

    def _exceed(self, what: str) -> ProtocolError:
        return ProtocolError(
            f"{self._peer}: {what} exceeds {self._limit_bytes} bytes "
            "(limits.BODY_BYTES unless given): read it in pieces, or pass a larger "
            "body_limit_bytes to connect"
        )

    def _release(self) -> None:
        if self._parser.complete and self._connection is not None:
            connection, self._connection = self._connection, None
            self._keep(connection, self._parser.keep)


def send_request(
    connection: Connection,
    parser: ResponseParser,
    head: bytes,
    body: bytes | BinaryIO | Iterable[bytes],
    chunked: bool,
    allowed_s: float,
    expects: bool,
) -> tuple[bytes, bool]:
    """Send head and body, as send_pieces does. expects: a large body waits for limits.CONTINUE_S
    until the peer says 100 (Continue), and is not sent if it says anything else.
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
    """Yield a body in pieces as it is sent."""
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


def measure(body: Any) -> int | None:
    """The bytes of a file from where it stands; None where it cannot be put back there.

    Raises OSError for some files of /proc, which have no end to go to.
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
                "slower than limits.SLOWEST_BYTES_PER_S"
                f" ({limits.SLOWEST_BYTES_PER_S}) for too long"
            )
