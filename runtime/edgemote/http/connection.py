"""Sockets to a peer: opened to the first of its addresses that responds, with time limits."""

from __future__ import annotations

import errno
import os
import select
import time
from _weakref import ref  # the module weakref would be loaded only for this

from edgemote import limits
from edgemote.errors import ConnectionClosedError, ReadTimeoutError, TransportError
from edgemote.http.sockets import Socket, socket, ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edgemote.http import Deadline, Meter
    from edgemote.http.certificates import Session
    from edgemote.http.http1 import ResponseParser

# Objects that a forked child leaves to its parent: their after_fork() is called in the child.
_left_at_fork: set[ref[Any]] = set()


def leave_at_fork(thing: Any) -> None:
    """Have thing.after_fork() called in a forked child, as long as the object exists."""
    _left_at_fork.add(ref(thing, _left_at_fork.discard))


def _leave_all() -> None:
    for reference in list(_left_at_fork):
        thing = reference()
        if thing is not None:
            thing.after_fork()


os.register_at_fork(after_in_child=_leave_all)


class NoResponseError(ConnectionClosedError):
    """The connection ended before the first byte of a response.

    Whether the peer saw the request is unknown.
    """


class Connection:
    """A connected socket with its time limits and its meter. It knows nothing of requests, and must
    not be used by several threads at once.

    Args:
        tls: the object that reads and writes TLS over the socket; None without TLS
        peer: host and port, for messages
    """

    __slots__ = (
        "_deadline",
        "_meter",
        "_read",
        "_write",
        "peer",
        "poll",
        "read_timeout_s",
        "resumable",
        "sock",
        "tls",
    )

    def __init__(
        self,
        sock: Socket,
        tls: Any,
        peer: str,
        read_timeout_s: float,
        meter: Meter | None,
        deadline: Deadline | None,
    ) -> None:
        self.sock = sock
        self.tls = tls
        self.resumable: bool | Session = False
        """whether its TLS session may be resumed, because all its certificates have been verified;
        or the session that it resumed itself, whose ticket should be replaced by its own
        """
        self._write = sock.send if tls is None else tls.write
        self._read = sock.recv if tls is None else tls.read
        self.peer = peer
        self.read_timeout_s = read_timeout_s
        self._meter = meter
        self._deadline = deadline
        watch = select.poll()
        watch.register(sock, select.POLLIN)
        self.poll = watch.poll
        """whether something can be read within this many milliseconds, be it only for TLS itself"""
        sock.settimeout(read_timeout_s)

    def close(self) -> None:
        """Close the socket, without TLS's close_notify."""
        self.sock.close()

    def heed(self) -> None:
        """Limit the next wait to what the deadline allows."""
        if self._deadline is not None:
            at_s, most_s = self._deadline.at_s, self.read_timeout_s
            wait_s = most_s if at_s is None else max(0.001, at_s - time.monotonic())
            self.sock.settimeout(min(wait_s, most_s))

    def send(self, request: bytes) -> bool:
        """Return whether all of it was sent. If not, a response may still say why."""
        if self._meter is not None:
            self._meter.sent(len(request))
        try:
            sent = self._write(request)
            while sent < len(request):
                sent += self._write(memoryview(request)[sent:])
        except TimeoutError as error:
            raise self.explain(error, False) from error
        except OSError:
            return False
        return True

    def send_some(self, piece: memoryview, begun: bool) -> int:
        """Return how much was sent; 0 if nothing more can be. begun: as for receive."""
        try:
            sent = self._write(piece)
        except TimeoutError as error:
            raise self.explain(error, begun) from error
        except OSError:
            return 0
        if self._meter is not None:
            self._meter.sent(sent)
        return sent

    def receive(self, begun: bool) -> bytes:
        """Wait for data and return it; b"" is the end. begun: whether the response has begun."""
        try:
            data = self._read(limits.RECEIVE_BYTES)
        except OSError as error:
            raise self.explain(error, begun) from error
        if self._meter is not None:
            self._meter.received(len(data))
        return data

    def receive_now(self) -> bytes | None:
        """Return the data that has arrived, without waiting: b"" is the end of the connection, and
        None means that there is none.

        TLS 1.3 servers may send session tickets at any time. These make a socket readable although
        there is no data to read.
        """
        sock = self.sock
        timeout_s = sock.gettimeout()
        sock.settimeout(0)
        try:
            data = self._read(limits.RECEIVE_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        finally:
            sock.settimeout(timeout_s)
        if self._meter is not None:
            self._meter.received(len(data))
        return data

    def wait(self, limit_s: float) -> bool:
        """Whether there is data to read, or the end, within this many seconds."""
        if self.tls is not None and self.tls.pending():  # decrypted: poll would not see it
            return True
        return bool(self.poll(max(0.0, limit_s) * 1000))

    def is_idle(self) -> bool:
        """Whether it is still idle: open, and without unexpected data."""
        if not self.poll(0):
            return True
        try:
            return self.receive_now() is None
        except OSError:
            return False

    def limit_acknowledgement(self, limit_s: float) -> None:
        """End the connection if the peer's TCP does not acknowledge data for this long; 0 is the
        system's limit.
        """
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if option is not None:
            self.sock.setsockopt(socket.IPPROTO_TCP, option, int(limit_s * 1000))

    def explain(self, error: OSError, begun: bool) -> TransportError:
        """Return the TransportError for an error of the socket."""
        if isinstance(error, TimeoutError) and error.errno is None:  # ETIMEDOUT is TCP's own
            return ReadTimeoutError(f"silent for {self.sock.gettimeout() or 0:g} s")
        place = "in the middle of" if begun else "before"
        kind = ConnectionClosedError if begun else NoResponseError
        return kind(f"connection lost {place} the response ({describe(error)})")


# Without TCP_NODELAY, the second of two small sends waits for the acknowledgement of the first.
_OPTIONS = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", limits.KEEPALIVE_IDLE_S),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", limits.KEEPALIVE_PERIOD_S),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", limits.KEEPALIVE_COUNT),
)


def open_tcp(host: str, port: int, deadline: float, known: Any = None) -> Socket:
    """Return the first connection that one of the host's addresses accepts; `known` is tried first.

    If an address is slow to respond, the next one is tried soon, and the slow one may still win.
    """
    # A str would load the codec for international names, with tables of half a megabyte.
    addresses = socket.getaddrinfo(host.encode(), port, 0, socket.SOCK_STREAM)
    addresses.sort(key=lambda entry: entry[4] != known)
    del addresses[limits.ADDRESS_COUNT :]
    failure = OSError("the name has no address")
    tried: dict[int, Socket] = {}
    watch = select.poll()
    try:
        while addresses or tried:
            wait_s = left_s(deadline)
            if addresses:
                family, kind, protocol, _, address = addresses.pop(0)
                try:
                    sock = Socket(family, kind, protocol)
                except OSError as error:  # no IPv6 here
                    failure = error
                    continue
                tried[sock.fileno()] = sock
                sock.setblocking(False)
                code = sock.connect_ex(address)
                if code not in (0, errno.EINPROGRESS):
                    tried.pop(sock.fileno()).close()
                    failure = OSError(code, os.strerror(code))
                    continue
                watch.register(sock, select.POLLOUT)
                if addresses:
                    wait_s = min(wait_s, limits.ADDRESS_DELAY_S)
            for number, _ in watch.poll(wait_s * 1000):
                watch.unregister(number)
                sock = tried.pop(number)
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if not code:
                    for level, name, value in _OPTIONS:
                        if hasattr(socket, name):
                            sock.setsockopt(level, getattr(socket, name), value)
                    return sock
                sock.close()
                failure = OSError(code, os.strerror(code))
    finally:
        for sock in tried.values():
            sock.close()
    raise failure


def left_s(deadline: float) -> float:
    """Return the seconds until then, by time.monotonic(). Raises TimeoutError if none are left."""
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def feed(parser: ResponseParser, data: bytes) -> bytes:
    """Return the body's bytes in received data, where b"" is the end of the connection."""
    if data:
        return parser.receive(data)
    begun = parser.begun
    try:
        parser.receive_eof()
    except ConnectionClosedError as error:
        raise error if begun else NoResponseError(str(error)) from None
    return b""


def describe(error: OSError) -> str:
    """Return the text of the system's or OpenSSL's error, without paths and numbers."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        # Python 3.11.2 and older do not always raise SSLEOFError.
        if isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
            return "the TLS connection ended without close_notify"
        return "TLS: " + (error.reason or "failed").replace("_", " ").lower()
    if isinstance(error, socket.gaierror):
        return f"its host name cannot be resolved: {error.strerror}"
    return error.strerror or str(error) or type(error).__name__
