"""One kept HTTP/1.1 connection to one origin: sockets, TLS, time limits.

The rules of HTTP are in http1; bodies too big for memory are in streaming, proxies in proxy.

The usual call, a small request and a small answer on a kept connection, is one poll, one send and
one recv.
"""

from __future__ import annotations

import errno
import io
import os
import select
import socket
import ssl
import time
from _weakref import ref  # the module weakref would be loaded for this alone

from . import http1, limits
from .errors import (
    ConfigError,
    ConnectError,
    ConnectionClosedError,
    ReadTimeoutError,
    TimeLearntError,
    TransportError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, BinaryIO, Protocol

    from .clock import Clock
    from .proxy import Proxy
    from .streaming import Body

    class Meter(Protocol):
        """Who pays for the link: is told of every byte above TLS, and of every new connection."""

        def connected(self) -> None: ...

        def sent(self, size: int) -> None: ...

        def received(self, size: int) -> None: ...


_PORTS = {"http": 80, "https": 443}

# Unlike time.monotonic, it goes on while the board sleeps, as routers and peers do.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

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


class UnansweredError(ConnectionClosedError):
    """The connection ended before the first byte of an answer.

    Whether the peer saw the request is unknown.
    """


class Response:
    """An answer: status 200 to 999, headers by their names in lower case, body.

    body is bytes, or a streaming.Body where it was asked for. fields: the headers as they came,
    where a ResponseParser read them.
    """

    __slots__ = ("body", "fields", "headers", "status")
    fields: bytes

    def __init__(self, status: int, headers: dict[str, str], body: bytes | Body) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def spelt(self) -> dict[str, str]:
        """Header names in lower case -> as the peer spelt them; {} where nobody kept them."""
        return http1.list_spellings(getattr(self, "fields", b""))


class Deadline:
    """When all waiting for the network must have ended, by time.monotonic(); None for no such time.

    Shared by the transports of a program with a loop of its own, which sets it before each turn.
    The C library's name resolution, and uploads that are read from files, do not heed it.
    """

    __slots__ = ("at_s",)

    def __init__(self) -> None:
        self.at_s: float | None = None


class Transport:
    """A connection to an origin, made when it is first needed and kept as long as both sides like.

    origin: "https://host", "http://host:port", "https://[::1]:8443". tls: makes the context; called
    once, at the first connect; the default trusts the system's certificates. clock: by whose time
    certificates are judged once it has learnt one, and who learns it where they show that the
    board's is wrong (TimeLearntError). teaches: whether this peer may set it; without TLS none may.
    Not for several threads at once. A forked child makes connections of its own.

    Errors, with host and port in the text and nothing of the request: ConnectError (nothing of it
    was sent; a refused certificate is its __cause__), ConnectionClosedError (UnansweredError if no
    byte came back), ReadTimeoutError, ProtocolError. After any of them the connection is gone, and
    the next exchange makes a new one.
    """

    __slots__ = (
        "__weakref__",
        "_address",
        "_answer_timeout_s",
        "_body_limit_bytes",
        "_clock",
        "_closed",
        "_connect_timeout_s",
        "_context",
        "_deadline",
        "_host",
        "_idle_s",
        "_kept",
        "_kept_idle_s",
        "_kept_since",
        "_meter",
        "_poll",
        "_polled",
        "_port",
        "_proxy",
        "_read_timeout_s",
        "_secure",
        "_tls",
        "peer",
        "teaches",
    )

    def __init__(
        self,
        origin: str,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        connect_timeout_s: float = limits.CONNECT_TIMEOUT_S,
        read_timeout_s: float = limits.READ_TIMEOUT_S,
        answer_timeout_s: float = limits.ANSWER_TIMEOUT_S,
        body_limit_bytes: int = limits.BODY_BYTES,
        kept_idle_s: float = limits.KEPT_IDLE_S,
        proxy: Proxy | None = None,
        clock: Clock | None = None,
        meter: Meter | None = None,
        deadline: Deadline | None = None,
        teaches: bool = True,
    ) -> None:
        self._secure, self._host, self._port = parse_origin(origin)
        self.teaches = teaches and self._secure
        self.peer = http1.join_host(self._host, self._port)
        self._tls = tls
        self._context: ssl.SSLContext | None = None
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._answer_timeout_s = answer_timeout_s
        self._body_limit_bytes = body_limit_bytes
        self._proxy = proxy
        self._clock = clock
        self._meter = meter
        self._deadline = deadline
        self._kept: socket.socket | None = None  # connected and idle
        self._kept_since = 0.0
        self._kept_idle_s = kept_idle_s  # how long it may be
        self._idle_s = 0.0  # how long the last one was
        self._address: Any = None  # the one that answered last
        self._poll = select.poll()
        self._polled: socket.socket | None = None  # the one that _poll watches
        self._closed = False
        leave_at_fork(self)

    def exchange(
        self,
        head: bytes,
        body: bytes | BinaryIO | Iterable[bytes] | None = b"",
        *,
        method: str = "POST",
        chunked: bool = False,
        stream: bool | None = False,
    ) -> Response:
        """Send a request and return its answer, whatever its status.

        head: the complete head as http1.request_head writes it, with Host, and with a
        Content-Length or, if chunked, Transfer-Encoding: chunked. method: the one in head.
        body: bytes; or a binary file, read from where it stands; or an iterable of bytes. Files and
        iterables are sent in constant memory; what they raise comes through as it is, ValueError if
        they belie their Content-Length.
        stream: give the answer's body as a Body instead of bytes; None gives bytes, and an answer
        that knows how its headers are spelt.

        Nothing is sent a second time: a kept connection that had ended before is replaced, but
        where one ends under a request, UnansweredError leaves it to the caller's retry rules.
        """
        if self._proxy is not None and not self._secure:
            from .proxy import write_absolute

            head = write_absolute(head, self._host, self._port, self._proxy)
        if body is None:
            body = b""
        sock = self._take_kept()
        if sock is None:
            return self._converse(self._connect(), head, body, method, chunked, stream)
        try:
            return self._converse(sock, head, body, method, chunked, stream)
        except (UnansweredError, ReadTimeoutError):
            # Something on the way may forget connections as old as this.
            if self._idle_s > limits.KEPT_IDLE_LEAST_S:
                self._kept_idle_s = max(limits.KEPT_IDLE_LEAST_S, self._idle_s / 2)
            raise

    def asks_time(self) -> bool:
        """Connect, for what the peer's certificate says of the time; whether that was learnt."""
        try:
            self._keep(self._connect(), True)
        except TransportError as error:
            return isinstance(error, TimeLearntError)
        return False

    def close(self) -> None:
        """Close the kept connection; another exchange makes a new one.

        A Body that is still being read closes its own at its end.
        """
        self._closed = True
        sock, self._kept = self._kept, None
        if sock is not None:
            sock.close()

    def after_fork(self) -> None:
        """Leave the connection to the parent: this closes the descriptor and says nothing."""
        sock, self._kept = self._kept, None
        if sock is not None:
            sock.close()

    def _take_kept(self) -> socket.socket | None:
        # Taken out until it is idle again: an interrupted call cannot leave half an answer in it.
        sock, self._kept = self._kept, None
        if sock is None:
            return None
        if sock is not self._polled:
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)
            self._polled = sock
        self._idle_s = idle_s = time.clock_gettime(_BOOTTIME) - self._kept_since
        if idle_s > self._kept_idle_s or (self._poll.poll(0) and not _is_idle(sock)):
            sock.close()
            return None
        if idle_s > limits.KEPT_IDLE_LEAST_S:
            limit_acknowledgement(sock, limits.UNACKNOWLEDGED_S)
        return sock

    def _keep(self, sock: socket.socket, keep: bool) -> None:
        if keep and self._kept is None and not self._closed:
            self._kept = sock
            self._kept_since = time.clock_gettime(_BOOTTIME)
        else:
            sock.close()

    def _converse(
        self,
        sock: socket.socket,
        head: bytes,
        body: bytes | BinaryIO | Iterable[bytes],
        method: str,
        chunked: bool,
        stream: bool | None,
    ) -> Response:
        limit_bytes = None if stream else self._body_limit_bytes
        try:
            if isinstance(body, bytes) and len(body) <= limits.SEND_BYTES and not chunked:
                self.heed(sock)
                whole = self._send_whole(sock, head + body)
                self.heed(sock)
                data = self._receive(sock, False)
                if whole and stream is False:
                    answer = http1.parse_answer(data, method, self._body_limit_bytes)
                    if answer is not None:
                        status, headers, content, keep = answer
                        self._keep(sock, keep)
                        return Response(status, headers, content)
                parser = http1.ResponseParser(method, limit_bytes)
                first = feed(parser, data)
            else:
                from .streaming import frame_body, send_pieces

                parser = http1.ResponseParser(method, limit_bytes)
                first, whole = send_pieces(self, sock, parser, frame_body(head, body, chunked))
            if not whole:
                parser.keep = False
            return self._read_answer(sock, parser, first, stream)
        except TransportError as error:
            sock.close()
            raise type(error)(f"{self.peer}: {error}") from error.__cause__
        except BaseException:
            sock.close()
            raise

    def _send_whole(self, sock: socket.socket, request: bytes) -> bool:
        """Return whether all of it was taken; if not, an answer may still say why."""
        if self._meter is not None:
            self._meter.sent(len(request))
        try:
            sent = sock.send(request)
            while sent < len(request):
                sent += sock.send(memoryview(request)[sent:])
        except TimeoutError as error:
            raise self._explain(error, sock, False) from error
        except OSError:
            return False
        return True

    def _receive(self, sock: socket.socket, begun: bool) -> bytes:
        try:
            data = sock.recv(limits.RECEIVE_BYTES)
        except OSError as error:
            raise self._explain(error, sock, begun) from error
        if self._meter is not None:
            self._meter.received(len(data))
        return data

    def heed(self, sock: socket.socket) -> None:
        """Let the next wait be no longer than the deadline allows."""
        if self._deadline is not None:
            at_s = self._deadline.at_s
            wait_s = self._read_timeout_s if at_s is None else max(0.001, at_s - time.monotonic())
            sock.settimeout(min(wait_s, self._read_timeout_s))

    def _end(self, allowed_s: float) -> float:
        """When something that may take so long from now has to be over."""
        end = time.monotonic() + allowed_s
        at_s = None if self._deadline is None else self._deadline.at_s
        return end if at_s is None else min(end, at_s)

    def _explain(self, error: OSError, sock: socket.socket, begun: bool) -> TransportError:
        if isinstance(error, TimeoutError) and error.errno is None:  # ETIMEDOUT is TCP's own
            return ReadTimeoutError(f"silent for {sock.gettimeout() or 0:g} s")
        place = "in the middle of" if begun else "before"
        kind = ConnectionClosedError if begun else UnansweredError
        return kind(f"connection lost {place} the answer ({_reason(error)})")

    def _read_answer(
        self, sock: socket.socket, parser: http1.ResponseParser, first: bytes, stream: bool | None
    ) -> Response:
        # Not a list: single bytes in a list would take many times their size.
        content = io.BytesIO()
        content.write(first)
        shortened = False
        error_limit_bytes = min(limits.ERROR_BODY_BYTES, self._body_limit_bytes)
        deadline = self._end(self._answer_timeout_s)
        while not (parser.complete or (stream and parser.status)):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise ReadTimeoutError("the answer is not over in the time it has")
            if left_s < self._read_timeout_s:
                sock.settimeout(left_s)
                shortened = True
            try:
                data = self._receive(sock, parser.begun)
            except ReadTimeoutError:
                if shortened:
                    continue
                raise
            content.write(feed(parser, data))
            if parser.status >= 300 and content.tell() > error_limit_bytes and not stream:
                content.truncate(error_limit_bytes)  # whoever reads it, reads its beginning
                parser.keep = False
                break
        if shortened:
            sock.settimeout(self._read_timeout_s)
        if stream:
            from .streaming import Body

            body = Body(self, sock, parser, content.getvalue())
            answer = Response(parser.status, parser.headers, body)
        else:
            self._keep(sock, parser.keep)
            answer = Response(parser.status, parser.headers, content.getvalue())
        answer.fields = parser.fields
        return answer

    def _connect(self) -> socket.socket:
        try:
            return self.open()
        except ConnectError as error:
            refusal = error.__cause__
            if self._clock is None or not isinstance(refusal, ssl.SSLCertVerificationError):
                raise
            from .dates import connect_again, learn_time

            sock = connect_again(self, self._clock, refusal)
            if sock is not None:
                return sock
            if not learn_time(self, self._clock, refusal):
                raise
            raise TimeLearntError(f"{error}; the time has been learnt from its answer") from error

    def open(
        self,
        judge: Callable[[ssl.SSLSocket], None] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> socket.socket:
        """A new connection, with TLS if the origin has it. ConnectError if there is none.

        judge: raises if it does not take the certificates' dates, which are then the one thing that
        OpenSSL does not look at; by default the clock's where that has learnt a time. context: in
        place of the transport's own.
        """
        if self._secure and self._context is None:
            # Before the clock starts: loading certificates takes a slow board a while.
            self._context = self._tls() if self._tls is not None else _default_context()
        self._closed = False
        deadline = self._end(self._connect_timeout_s)
        allowed_s = round(deadline - time.monotonic(), 1)
        proxy = self._proxy
        host, port = (self._host, self._port) if proxy is None else (proxy.host, proxy.port)
        sock = None
        try:
            sock = _open_tcp(host, port, deadline, self._address)
            address = sock.getpeername()
            if self._meter is not None:
                self._meter.connected()
            if self._context is not None:
                if proxy is not None:
                    self._open_tunnel(sock, proxy, deadline)
                sock.settimeout(_left_s(deadline))
                sock = self._wrap(sock, context or self._context, judge)
            sock.settimeout(self._read_timeout_s)
            self._address = address
        except BaseException as error:
            if sock is not None:
                sock.close()
            if not isinstance(error, OSError | ConnectError):
                raise
            via = "" if proxy is None else f" through proxy {http1.join_host(host, port)}"
            if isinstance(error, TimeoutError):
                what = f"no connection within {allowed_s:g} s"
            else:
                what = str(error) if isinstance(error, ConnectError) else _reason(error)
            raise ConnectError(f"{self.peer}{via}: {what}") from error
        return sock

    def _wrap(
        self,
        sock: socket.socket,
        context: ssl.SSLContext,
        judge: Callable[[ssl.SSLSocket], None] | None,
    ) -> ssl.SSLSocket:
        clock = self._clock
        if judge is None and (clock is None or not clock.judges()):
            return self._shake_hands(sock, context)
        from . import dates

        dates.ignore_dates(context)
        try:
            secure = self._shake_hands(sock, context)
        finally:
            dates.ignore_dates(context, False)
        try:
            if judge is not None:
                judge(secure)
            elif clock is not None:
                dates.judge_at(clock.now())(secure)
        except BaseException:
            secure.close()
            raise
        return secure

    def _shake_hands(self, sock: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        return context.wrap_socket(
            sock,
            # No certificate has a name's last dot or an address's zone. A str would load the codec
            # for international names, tables of half a megabyte.
            server_hostname=self._host.partition("%")[0].rstrip(".").encode(),
            # Who can cut TCP must not be able to shorten a body that ends with it.
            suppress_ragged_eofs=False,
        )

    def _open_tunnel(self, sock: socket.socket, proxy: Proxy, deadline: float) -> None:
        from .proxy import connect_request, read_tunnel

        def receive(size: int) -> bytes:
            sock.settimeout(_left_s(deadline))
            return sock.recv(size)

        sock.settimeout(_left_s(deadline))
        sock.sendall(connect_request(self._host, self._port, proxy))
        read_tunnel(receive)


def parse_origin(origin: str) -> tuple[bool, str, int]:
    """Return whether it is https, the host (IPv6 without brackets) and the port, or ConfigError."""
    scheme, _, rest = origin.partition("://")
    scheme = scheme.lower()
    if scheme not in _PORTS:
        raise ConfigError(f"{origin!r} does not start with http:// or https://")
    host, port = http1.split_host(rest.removesuffix("/"), _PORTS[scheme], f"origin {origin!r}")
    return scheme == "https", host, port


def _default_context() -> ssl.SSLContext:
    from .tls import client_context

    return client_context()


# Without TCP_NODELAY the second of two small sends waits for the acknowledgement of the first.
_OPTIONS = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", limits.KEEPALIVE_IDLE_S),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", limits.KEEPALIVE_PERIOD_S),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", limits.KEEPALIVE_COUNT),
)


def _open_tcp(host: str, port: int, deadline: float, known: Any = None) -> socket.socket:
    """The first connection of those tried to the host's addresses, `known` before the others.

    One that is slow to answer does not hold up the next for long, and may still win.
    """
    # Bytes for the same reason as above: a str would go through the codec for international names.
    addresses = socket.getaddrinfo(host.encode(), port, 0, socket.SOCK_STREAM)
    addresses.sort(key=lambda entry: entry[4] != known)
    del addresses[limits.ADDRESS_COUNT :]
    failure = OSError("the name has no address")
    tried: dict[int, socket.socket] = {}
    watch = select.poll()
    try:
        while addresses or tried:
            wait_s = _left_s(deadline)
            if addresses:
                family, kind, protocol, _, address = addresses.pop(0)
                try:
                    sock = socket.socket(family, kind, protocol)
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


def limit_acknowledgement(sock: socket.socket, limit_s: float) -> None:
    """End the connection if the peer's TCP leaves what is sent unacknowledged for so long; 0 is the
    system's limit.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        sock.setsockopt(socket.IPPROTO_TCP, option, int(limit_s * 1000))


def _left_s(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def feed(parser: http1.ResponseParser, data: bytes) -> bytes:
    """Return the body bytes in what recv gave, b"" being the end of the connection."""
    if data:
        return parser.receive(data)
    begun = parser.begun
    try:
        parser.receive_eof()
    except ConnectionClosedError as error:
        raise error if begun else UnansweredError(str(error)) from None
    return b""


def receive_now(sock: socket.socket) -> bytes | None:
    """Return what is there without waiting: b"" is the end of the connection, None is nothing.

    TLS 1.3 servers send session tickets when they like; these make a socket readable without there
    being anything to read.
    """
    timeout_s = sock.gettimeout()
    sock.settimeout(0)
    try:
        return sock.recv(limits.RECEIVE_BYTES)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None
    finally:
        sock.settimeout(timeout_s)


def _is_idle(sock: socket.socket) -> bool:
    """Whether a readable connection is idle yet: not ended, and without bytes nobody asked for."""
    try:
        return receive_now(sock) is None
    except OSError:
        return False


def _reason(error: OSError) -> str:
    """Return what the system or OpenSSL says, without paths and numbers."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        # Python 3.11.2 and older have no class of their own for it.
        if isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
            return "TLS ended without a closing message"
        return "TLS: " + (error.reason or "failed").replace("_", " ").lower()
    if isinstance(error, socket.gaierror):
        return f"its name cannot be resolved: {error.strerror}"
    return error.strerror or str(error) or type(error).__name__
