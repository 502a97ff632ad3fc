"""Streamed response bodies, for content too large for memory. Imported with the first of them."""

from __future__ import annotations

import io

from edgemote import limits
from edgemote.errors import ConnectionClosedError, ProtocolError, TransportError
from edgemote.http.connection import feed, leave_at_fork
from edgemote.http.pace import Pace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Protocol

    from edgemote.http.connection import Connection
    from edgemote.http.http1 import ResponseParser

    class Checksum(Protocol):
        """Is updated with a body; check raises if the body differs from what was announced."""

        def update(self, data: bytes) -> None: ...

        def check(self) -> None: ...


class Body:
    """A response's body, read from the connection in constant memory. Iterate over it, read it, or
    close it.

    Once it is read to its end, the connection is reused; closing it earlier closes the connection.
    Raises ConnectionClosedError if the peer ends the connection early, ReadTimeoutError if it is
    silent or too slow, and ProtocolError if the chunked encoding is invalid. In a forked child the
    body is closed.
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
        """Return size bytes, or fewer at the end. If size is negative or None, return the rest.

        Raises ProtocolError if the rest exceeds the transport's body limit.
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
        """Fill a buffer and return the number of bytes, which is less than its size at the end."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def iter_chunks(self, chunk_size: int = 1024) -> Iterator[bytes]:
        """Yield chunks of this size; the last one may be smaller."""
        while chunk := self.read(chunk_size):
            yield chunk

    def iter_lines(
        self, chunk_size: int = limits.RECEIVE_BYTES, keepends: bool = False
    ) -> Iterator[bytes]:
        """Yield the lines of the body, without line ends unless keepends is set.

        Raises ProtocolError if a line exceeds the transport's body limit.
        """
        rest = b""
        for chunk in self.iter_chunks(chunk_size):
            # The last line may continue in the next chunk; after "\r", a "\n" may follow.
            *lines, rest = (rest + chunk).splitlines(True)
            for line in lines:
                yield line.splitlines(keepends)[0]
            if len(rest) > self._limit_bytes:
                self.close()
                raise self._exceed("a line of the body")
        if rest:
            yield rest.splitlines(keepends)[0]

    def verify(self, checksum: Checksum, ends: bool = True) -> None:
        """Update a checksum with what is read. ends: check it at the end of the body, before the
        last bytes are returned.
        """
        checksum.update(self._ready)
        self.checksum, self._ends = checksum, ends

    def wait(self, limit_s: float) -> bool:
        """Wait up to limit_s for data or the end of the body; returns whether there is any.

        If so, the next step of an iteration does not block, except for the rest of a TLS record.
        This lets a program with its own event loop read a slow body.
        """
        connection = self._connection
        if connection is None or self._ready or self._parser.complete:
            return True
        return connection.wait(limit_s)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._next():
            yield chunk

    def close(self) -> None:
        """Discard what has not been read."""
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
