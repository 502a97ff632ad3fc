"""One kept HTTP/1.1 connection to one origin: sockets, TLS, time limits.

The rules of HTTP are in http1; large bodies are in streaming and body, proxies in proxy.

The usual call, a small request and a small response on a kept connection, is one poll, one send and
one recv.
"""

from __future__ import annotations

import io
import time
from _thread import allocate_lock

from edgemote import limits
from edgemote.errors import (
    ClockSyncedError,
    ConnectError,
    ReadTimeoutError,
    TransportError,
)
from edgemote.http import Response, host_header, http1, join_host, parse_origin
from edgemote.http.connection import (
    Connection,
    NoResponseError,
    describe,
    feed,
    leave_at_fork,
    left_s,
    open_tcp,
)
from edgemote.http.sockets import shake_hands, ssl, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, BinaryIO

    from edgemote.clock import Clock
    from edgemote.http import Deadline, Meter
    from edgemote.http.certificates import Session
    from edgemote.http.proxy import Proxy
    from edgemote.http.sockets import Socket


# Unlike time.monotonic, this clock continues while the board sleeps, as routers and peers do.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Transport:
    """A connection to an origin, which is opened when it is needed and then kept open.

    Only one thread at a time may use it: the one that holds `lock`. A forked child opens its own
    connection.

    Args:
        origin: "https://host", "http://host:port", "https://[::1]:8443"
        tls: makes the context, and is called once, at the first connect. By default, the system's
            certificates are trusted
        clock: once it is synced, certificates are checked at its time. It is synced if a
            certificate shows that the board's clock is wrong (ClockSyncedError)
        may_sync: whether this peer may sync the clock; without TLS, no peer may

    The errors have host and port in their text, and nothing of the request: ConnectError (nothing
    was sent; a rejected certificate is its __cause__), ConnectionClosedError (NoResponseError if no
    byte was received), ReadTimeoutError and ProtocolError. After any of them, the connection is
    closed, and the next exchange opens a new one.
    """

    __slots__ = (
        "__weakref__",
        "_address",
        "_body_limit_bytes",
        "_clock",
        "_closed",
        "_connect_timeout_s",
        "_deadline",
        "_host",
        "_idle_s",
        "_kept",
        "_kept_idle_s",
        "_kept_since",
        "_left",
        "_meter",
        "_port",
        "_proxy",
        "_read_timeout_s",
        "_response_timeout_s",
        "_resumes",
        "_secure",
        "_session",
        "_tls",
        "context",
        "expects",
        "lock",
        "may_sync",
        "peer",
    )

    def __init__(
        self,
        origin: str,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        connect_timeout_s: float = limits.CONNECT_TIMEOUT_S,
        read_timeout_s: float = limits.READ_TIMEOUT_S,
        response_timeout_s: float = limits.RESPONSE_TIMEOUT_S,
        body_limit_bytes: int = limits.BODY_BYTES,
        kept_idle_s: float = limits.KEPT_IDLE_S,
        proxy: Proxy | None = None,
        clock: Clock | None = None,
        meter: Meter | None = None,
        deadline: Deadline | None = None,
        may_sync: bool = True,
    ) -> None:
        self._secure, self._host, self._port = parse_origin(origin)
        self.may_sync = may_sync and self._secure
        self.peer = join_host(self._host, self._port)
        self.expects = False  # whether to ask the peer before sending a large body
        self._tls = tls
        self.context: ssl.SSLContext | None = None
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._response_timeout_s = response_timeout_s
        self._body_limit_bytes = body_limit_bytes
        self._proxy = proxy
        self._clock = clock
        self._meter = meter
        self._deadline = deadline
        self._kept: Connection | None = None  # idle
        self._kept_since = 0.0
        self._kept_idle_s = kept_idle_s  # how long it may be
        self._idle_s = 0.0  # how long the last one was
        self._address: Any = None  # of the last connection
        # The TLS object of the last connection whose session may be resumed, when that was closed,
        # and the session that it resumed itself.
        self._left: tuple[Any, float, Session | None] | None = None
        self._session: Session | None = None
        self._resumes = True
        self._closed = False
        self.lock = allocate_lock()
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
        """Send a request and return its response, whatever its status.

        Args:
            head: the complete head as http1.request_head writes it, with Host, and with a
                Content-Length or, if chunked, Transfer-Encoding: chunked
            body: bytes, a binary file, which is read from its position, or an iterable of bytes.
                Files and iterables are sent in constant memory. Their exceptions are raised
                unchanged, and ValueError if their size is not the Content-Length
            method: the one in head
            stream: whether the response's body is a Body instead of bytes; None is for bytes and
                for a response with the spelling of its headers

        Nothing is sent twice. A kept connection that has ended before the request is replaced. If
        it ends during the request, NoResponseError leaves the retry to the caller.
        """
        if self._proxy is not None and not self._secure:
            from edgemote.http.proxy import write_absolute

            head = write_absolute(head, self._host, self._port, self._proxy)
        if body is None:
            body = b""
        connection = self._take_kept()
        if connection is None:
            return self._converse(self._connect(), head, body, method, chunked, stream)
        try:
            return self._converse(connection, head, body, method, chunked, stream)
        except (NoResponseError, ReadTimeoutError):
            # A router on the way may drop connections that were idle for this long.
            if self._idle_s > limits.KEPT_IDLE_LEAST_S:
                self._kept_idle_s = max(limits.KEPT_IDLE_LEAST_S, self._idle_s / 2)
            raise

    def sync_time(self) -> bool:
        """Connect, so that the peer's certificate may sync the clock. Returns whether it did."""
        try:
            self._keep(self._connect(), True)
        except TransportError as error:
            return isinstance(error, ClockSyncedError)
        return False

    def close(self) -> None:
        """Close the kept connection. Another exchange opens a new one.

        A Body that is still being read closes its connection at its end.
        """
        self._closed = True
        self.drop()

    def follow(self, former: Transport) -> None:
        """Take over from a closed transport of the same origin its context, whose files have not
        changed, and the TLS session that may be resumed.
        """
        self.context, self._address = former.context, former._address
        self._left, self._session, self._resumes = former._left, former._session, former._resumes

    def after_fork(self) -> None:
        """Leave the connection to the parent process, and create a new lock, because a thread of
        the parent may have held the old one.
        """
        self.lock = allocate_lock()
        connection, self._kept = self._kept, None
        self._left = self._session = None
        if connection is not None:
            connection.close()

    def drop(self) -> None:
        """Close the kept connection, without telling the peer."""
        connection, self._kept = self._kept, None
        if connection is not None:
            self._leave(connection)

    def _take_kept(self) -> Connection | None:
        # Removed until it is idle again, so that an interrupted call cannot leave half a response.
        connection, self._kept = self._kept, None
        if connection is None:
            return None
        self._idle_s = idle_s = time.clock_gettime(_BOOTTIME) - self._kept_since
        if idle_s > self._kept_idle_s or (connection.poll(0) and not connection.is_idle()):
            self._leave(connection)
            return None
        if idle_s > limits.KEPT_IDLE_LEAST_S:
            connection.limit_acknowledgement(limits.UNACKNOWLEDGED_S)
        return connection

    def _keep(self, connection: Connection, keep: bool) -> None:
        if keep and self._kept is None and not self._closed:
            self._kept = connection
            self._kept_since = time.clock_gettime(_BOOTTIME)
        else:
            self._leave(connection)

    def _leave(self, connection: Connection) -> None:
        """Close a connection whose calls have finished; a later one may resume its TLS session. The
        ticket of TLS 1.3 has arrived by now, because servers send it after the handshake.
        """
        resumable = connection.resumable
        if resumable:
            former = resumable if isinstance(resumable, tuple) else None
            self._left = unwrap(connection.tls), time.clock_gettime(_BOOTTIME), former
        connection.close()

    def _converse(
        self,
        connection: Connection,
        head: bytes,
        body: bytes | BinaryIO | Iterable[bytes],
        method: str,
        chunked: bool,
        stream: bool | None,
    ) -> Response:
        limit_bytes = None if stream else self._body_limit_bytes
        try:
            if isinstance(body, bytes) and len(body) <= limits.SEND_BYTES and not chunked:
                heeds = self._deadline is not None
                if heeds:
                    connection.heed()
                whole = connection.send(head + body)
                if heeds:
                    connection.heed()
                data = connection.receive(False)
                if whole and stream is False:
                    response = http1.parse_response(data, method, self._body_limit_bytes)
                    if response is not None:
                        status, headers, content, keep = response
                        self._keep(connection, keep)
                        return Response(status, headers, content)
                parser = http1.ResponseParser(method, limit_bytes)
                first = feed(parser, data)
            else:
                from edgemote.http.streaming import send_request

                parser = http1.ResponseParser(method, limit_bytes)
                first, whole = send_request(
                    connection, parser, head, body, chunked, self._response_timeout_s, self.expects
                )
            if not whole:
                parser.keep = False
            return self._read_response(connection, parser, first, stream)
        except TransportError as error:
            connection.close()
            raise type(error)(f"{self.peer}: {error}") from error.__cause__
        except BaseException:
            connection.close()
            raise

    def _end(self, allowed_s: float) -> float:
        """The time by which something that may take this long has to be finished."""
        end = time.monotonic() + allowed_s
        at_s = None if self._deadline is None else self._deadline.at_s
        return end if at_s is None else min(end, at_s)

    def _read_response(
        self,
        connection: Connection,
        parser: http1.ResponseParser,
        first: bytes,
        stream: bool | None,
    ) -> Response:
        # Not a list, because single bytes in a list would take many times their size.
        content = io.BytesIO()
        content.write(first)
        shortened = False
        error_limit_bytes = min(limits.ERROR_BODY_BYTES, self._body_limit_bytes)
        deadline = self._end(self._response_timeout_s)
        while not (parser.complete or (stream and parser.status)):
            wait_s = deadline - time.monotonic()
            if wait_s <= 0:
                raise ReadTimeoutError("the response did not end in time")
            if wait_s < self._read_timeout_s:
                connection.sock.settimeout(wait_s)
                shortened = True
            try:
                data = connection.receive(parser.begun)
            except ReadTimeoutError:
                if shortened:
                    continue
                raise
            content.write(feed(parser, data))
            if parser.status >= 300 and content.tell() > error_limit_bytes and not stream:
                content.truncate(error_limit_bytes)  # people read only its beginning
                parser.keep = False
                break
        if shortened:
            connection.sock.settimeout(self._read_timeout_s)
        if stream:
            from edgemote.http.body import Body

            body = Body(
                connection,
                parser,
                content.getvalue(),
                keep=self._keep,
                allowed_s=self._response_timeout_s,
                limit_bytes=self._body_limit_bytes,
            )
            response = Response(parser.status, parser.headers, body)
        else:
            self._keep(connection, parser.keep)
            response = Response(parser.status, parser.headers, content.getvalue())
        response.fields = parser.fields
        return response

    def _connect(self) -> Connection:
        try:
            return self.open()
        except ConnectError as error:
            refusal = error.__cause__
            if self._clock is None or not isinstance(refusal, ssl.SSLCertVerificationError):
                raise
            from edgemote.http.dates import connect_again, sync_time

            connection = connect_again(self, self._clock, refusal)
            if connection is not None:
                return connection
            if not sync_time(self, self._clock, refusal):
                raise
            raise ClockSyncedError(
                f"{error}; the clock has been synced from its response"
            ) from error

    def open(
        self,
        judge: Callable[[Any], None] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> Connection:
        """Return a new connection, with TLS if the origin has it. Raises ConnectError.

        Args:
            judge: checks the dates of the certificates, which OpenSSL then does not check, and
                raises if they are not valid; by default at the clock's time, if that is synced
            context: used instead of the transport's own
        """
        if self._secure and self.context is None:
            # Before the time limit starts, because a slow board takes long to load certificates.
            self.context = self._tls() if self._tls is not None else _default_context()
        self._closed = False
        deadline = self._end(self._connect_timeout_s)
        allowed_s = round(deadline - time.monotonic(), 1)
        proxy = self._proxy
        host, port = (self._host, self._port) if proxy is None else (proxy.host, proxy.port)
        sock = tls = session = None
        own = judge is None and context is None
        if own and (self._left or self._session):
            session = self._find_session()
        try:
            sock = open_tcp(host, port, deadline, self._address)
            address = sock.getpeername()
            if self._meter is not None:
                self._meter.connected()
            if self.context is not None:
                if proxy is not None:
                    self._open_tunnel(sock, proxy, deadline)
                sock.settimeout(left_s(deadline))
                sock, tls = self._wrap(sock, context or self.context, judge, session)
            connection = Connection(
                sock, tls, self.peer, self._read_timeout_s, self._meter, self._deadline
            )
            if session is not None and tls is not None and tls.session_reused:
                if self._meter is not None:
                    self._meter.resumed()
                from edgemote.http.certificates import is_aging

                if self._session is not None and is_aging(session):
                    connection.resumable = self._session
            elif own and tls is not None:
                connection.resumable, self._session = self._resumes, None
            self._address = address
        except BaseException as error:
            if sock is not None:
                sock.close()
            if session is not None and isinstance(error, ssl.SSLError):
                self._session = None
                # An error other than a rejected certificate or a closed connection shows that the
                # server cannot resume sessions.
                self._resumes = type(error) is not ssl.SSLError
            if not isinstance(error, OSError | ConnectError):
                raise
            via = "" if proxy is None else f" through proxy {join_host(host, port)}"
            if isinstance(error, TimeoutError):
                what = f"no connection within {allowed_s:g} s"
            else:
                what = str(error) if isinstance(error, ConnectError) else describe(error)
            raise ConnectError(f"{self.peer}{via}: {what}") from error
        return connection

    def _find_session(self) -> Any:
        """Return the TLS session that may be resumed now, else None."""
        left, self._left = self._left, None
        if left is not None:
            from edgemote.http.certificates import learn_session

            self._session = learn_session(*left)
        if self._session is None:
            return None
        session, context, first_s, last_s, end_s = self._session
        clock = self._clock
        if clock is not None:
            clock.judges()  # as it does for the certificates
        now_s = time.time() if clock is None else clock.now()
        if (
            context is self.context
            and first_s <= now_s <= last_s
            and time.clock_gettime(_BOOTTIME) <= end_s
        ):
            return session
        self._session = None
        return None

    def ask_date(self, connection: Connection) -> str:
        """Return the peer's Date over a connection whose certificates' dates were not checked. It
        is used for this question alone, and closed whatever the peer does.
        """
        self._closed = True
        headers = {
            "host": host_header(self.peer),
            "user-agent": "edgemote",
            "connection": "close",
        }
        head = http1.request_head("HEAD", "/", headers)
        try:
            response = self._converse(connection, head, b"", "HEAD", False, False)
        finally:
            connection.close()
        return response.headers.get("date", "")

    def _wrap(
        self,
        sock: Socket,
        context: ssl.SSLContext,
        judge: Callable[[Any], None] | None,
        session: Any,
    ) -> tuple[Socket, Any]:
        # Certificates contain neither a name's trailing dot nor an address's zone.
        host = self._host.partition("%")[0].rstrip(".")
        clock = self._clock
        if judge is None and (clock is None or not clock.judges()):
            return shake_hands(sock, context, host, session)
        from edgemote.http import dates

        dates.ignore_dates(context)
        try:
            sock, tls = shake_hands(sock, context, host, session)
        finally:
            dates.ignore_dates(context, False)
        try:
            if judge is not None:
                judge(tls)
            elif clock is not None and not tls.session_reused:
                dates.judge_at(clock.now())(tls)
        except BaseException:
            sock.close()
            raise
        return sock, tls

    def _open_tunnel(self, sock: Socket, proxy: Proxy, deadline: float) -> None:
        from edgemote.http.proxy import connect_request, read_tunnel

        def receive(size: int) -> bytes:
            sock.settimeout(left_s(deadline))
            return sock.recv(size)

        sock.settimeout(left_s(deadline))
        sock.sendall(connect_request(self._host, self._port, proxy))
        read_tunnel(receive)


def _default_context() -> ssl.SSLContext:
    from edgemote.http.tls import client_context

    return client_context()
