"""Sockets to a peer: opened with patience for its several addresses, kept within time limits."""

from __future__ import annotations

import errno
import os
import select
import time
from _weakref import ref  # the module weakref would be loaded for this alone

from edgemote import limits
from edgemote.errors import ConnectionClosedError, ReadTimeoutError, TransportError
from edgemote.http.sockets import Socket, socket, ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edgemote.http import Deadline, Meter
    from edgemote.http.certificates import Session
    from edgemote.http.http1 import ResponseParser

# What a forked child has to leave to its parent: each thing's after_fork() is called in the child.
_left_at_fork: set[ref[Any]] = set()


def leave_at_fork(thing: Any) -> None:
    """Have thing.after_fork() called in a forked child, for as long as the thing lives."""
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
    """A connected socket with its time limits and its meter; knows nothing of requests.

    tls: what reads and writes by the socket, where the peer speaks TLS, else None. peer: host and
    port, for texts. Not for several threads at once.
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
        """whether its TLS session may be resumed: its certificates have been verified, all of them;
        or the session that it has resumed itself, whose ticket should be replaced by its own
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
        """whether something can be read, within so many milliseconds; it may be TLS's own"""
        sock.settimeout(read_timeout_s)

    def close(self) -> None:
        """Close the descriptor; TLS says no farewell."""
        self.sock.close()

    def heed(self) -> None:
        """Let the next wait be no longer than the deadline allows."""
        if self._deadline is not None:
            at_s, most_s = self._deadline.at_s, self.read_timeout_s
            wait_s = most_s if at_s is None else max(0.001, at_s - time.monotonic())
            self.sock.settimeout(min(wait_s, most_s))

    def send(self, request: bytes) -> bool:
        """Return whether all of it was taken; if not, a response may still say why."""
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
        """Return how much was taken, 0 where nothing ever will be. begun: as for receive."""
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
        """Return what has come, waiting for it; b"" is the end. begun: whether a response has."""
        try:
            data = self._read(limits.RECEIVE_BYTES)
        except OSError as error:
            raise self.explain(error, begun) from error
        if self._meter is not None:
            self._meter.received(len(data))
        return data

    def receive_now(self) -> bytes | None:
        """Return what is there without waiting: b"" is the end of the connection, None is nothing.

        TLS 1.3 servers send session tickets when they like; these make a socket readable without
        there being anything to read.
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
        """Whether there is something to read, the end included, within so many seconds."""
        if self.tls is not None and self.tls.pending():  # decrypted: poll would not see it
            return True
        return bool(self.poll(max(0.0, limit_s) * 1000))

    def is_idle(self) -> bool:
        """Whether it is idle yet: not ended, and without bytes nobody asked for."""
        if not self.poll(0):
            return True
        try:
            return self.receive_now() is None
        except OSError:
            return False

    def limit_acknowledgement(self, limit_s: float) -> None:
        """End it if the peer's TCP leaves what is sent unacknowledged for so long; 0 is the
        system's limit.
        """
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if option is not None:
            self.sock.setsockopt(socket.IPPROTO_TCP, option, int(limit_s * 1000))

    def explain(self, error: OSError, begun: bool) -> TransportError:
        """The error of ours for one of the socket's."""
        if isinstance(error, TimeoutError) and error.errno is None:  # ETIMEDOUT is TCP's own
            return ReadTimeoutError(f"silent for {self.sock.gettimeout() or 0:g} s")
        place = "in the middle of" if begun else "before"
        kind = ConnectionClosedError if begun else NoResponseError
        return kind(f"connection lost {place} the response ({describe(error)})")


# Without TCP_NODELAY the second of two small sends waits for the acknowledgement of the first.
_OPTIONS = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", limits.KEEPALIVE_IDLE_S),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", limits.KEEPALIVE_PERIOD_S),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", limits.KEEPALIVE_COUNT),
)


def open_tcp(host: str, port: int, deadline: float, known: Any = None) -> Socket:
    """The first connection of those tried to the host's addresses, `known` before the others.

    One that is slow to respond does not hold up the next for long, and may still win.
    """
    # A str would load the codec for international names, tables of half a megabyte.
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
    """Seconds until then, by time.monotonic(). TimeoutError if there are none."""
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def feed(parser: ResponseParser, data: bytes) -> bytes:
    """Return the body bytes in what recv gave, b"" being the end of the connection."""
    if data:
        return parser.receive(data)
    begun = parser.begun
    try:
        parser.receive_eof()
    except ConnectionClosedError as error:
        raise error if begun else NoResponseError(str(error)) from None
    return b""


def describe(error: OSError) -> str:
    """Return what the system or OpenSSL says, without paths and numbers."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        # Python 3.11.2 and older have no class of their own for it.
        if isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
            return "the TLS connection ended without close_notify"
        return "TLS: " + (error.reason or "failed").replace("_", " ").lower()
    if isinstance(error, socket.gaierror):
        return f"its name cannot be resolved: {error.strerror}"
    return error.strerror or str(error) or type(error).__name__
