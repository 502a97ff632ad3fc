"""One connection, with TLS or without: bytes in and out with limits, and requests read from it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from time import monotonic

import h11

from endpoint.answers import Answer
from endpoint.signatures import Request

READ_BYTES = 65536
# How much of a refused body is read and dropped, so that the client gets to see the answer.
DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_S = 3.0


@dataclass(frozen=True)
class Limits:
    """What one connection may take: seconds and bytes."""

    body_bytes: int = 1024 * 1024
    handshake_s: float = 20.0
    idle_s: float = 60.0
    request_s: float = 20.0
    send_s: float = 20.0


class TooLargeError(Exception):
    """A request whose body is over the limit."""


class DisturbedError(OSError):
    """The connection is of no more use: closed by a fault, or the endpoint stops."""


class Wire:
    """The socket of one connection, as faults see it too."""

    def __init__(
        self, sock: ssl.SSLSocket | socket.socket, limits: Limits, stopping: threading.Event
    ) -> None:
        self._socket = sock
        self._limits = limits
        self._stopping = stopping
        self.closed = False

    def handshake(self) -> None:
        self._socket.settimeout(self._limits.handshake_s)
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.do_handshake()

    def peer(self) -> tuple[bytes | None, str | None]:
        """The client's certificate (DER) and the protocol that ALPN agreed upon."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return None, None
        return self._socket.getpeercert(binary_form=True), self._socket.selected_alpn_protocol()

    def receive(self, deadline: float) -> bytes:
        """Some bytes, b"" at the end; TimeoutError at `deadline` (monotonic seconds)."""
        remaining_s = deadline - monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        self._socket.settimeout(remaining_s)
        return self._socket.recv(READ_BYTES)

    def send(self, data: bytes) -> None:
        if self.closed:
            raise DisturbedError
        self._socket.settimeout(self._limits.send_s)
        self._socket.sendall(data)

    def wait(self, seconds: float) -> None:
        """Sleep, but not past the end of the endpoint."""
        if self._stopping.wait(seconds):
            raise DisturbedError

    def finish(self, limit_bytes: int, deadline: float) -> None:
        """Say that this was all, then read and drop until the client closes.

        Closing with unread bytes would reset the connection, and the answer might be lost.
        """
        self._notify()
        self._socket.settimeout(max(0.01, deadline - monotonic()))
        socket.socket.shutdown(self._socket, socket.SHUT_WR)
        # Below TLS, which is over: nobody wants to know what these bytes say.
        while limit_bytes > 0 and (data := socket.socket.recv(self._socket, READ_BYTES)):
            limit_bytes -= len(data)
            if monotonic() > deadline:
                return

    def close(self, *, notify: bool = True) -> None:
        """End the connection; `notify` says so in TLS first, as a server that means it does."""
        if self.closed:
            return
        self.closed = True
        if notify:
            self._notify()
        self._socket.close()

    def _notify(self) -> None:
        if not isinstance(self._socket, ssl.SSLSocket):
            return
        with contextlib.suppress(OSError, ValueError):
            # Not blocking: our close_notify goes out, nobody waits for the other one.
            self._socket.setblocking(False)
            self._socket.unwrap()

    def reset(self) -> None:
        """End the connection with a TCP RST."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close(notify=False)

    def interrupt(self) -> None:
        """From another thread: make a blocked read or write end."""
        with contextlib.suppress(OSError):
            # ssl's own shutdown() would drop the TLS state under the other thread's feet.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Conversation:
    """HTTP/1.1 over a Wire: requests come out, answers become bytes."""

    def __init__(self, wire: Wire, limits: Limits) -> None:
        self._wire = wire
        self._limits = limits
        self._http = h11.Connection(h11.SERVER)
        self._method = b""

    def read_request(self) -> Request | None:
        """The next request, None when the client has closed.

        Raises TooLargeError, TimeoutError, or h11.RemoteProtocolError for what is not HTTP.
        """
        head: h11.Request | None = None
        body = bytearray()
        deadline, started = monotonic() + self._limits.idle_s, False
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    proceed = h11.InformationalResponse(status_code=100, headers=[])
                    self._wire.send(self._http.send(proceed) or b"")
                data = self._wire.receive(deadline)
                if not started:
                    deadline, started = monotonic() + self._limits.request_s, True
                self._http.receive_data(data)
            elif isinstance(event, h11.Request):
                head = event
                self._method = event.method
                declared = dict(event.headers).get(b"content-length", b"0")
                if int(declared) > self._limits.body_bytes:
                    raise TooLargeError
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._limits.body_bytes:
                    raise TooLargeError
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _request(head, bytes(body))
            else:
                return None

    def frame(self, answer: Answer, request_id: str, now_s: float, *, close: bool = False) -> bytes:
        """The bytes of `answer`."""
        headers = [
            ("Date", formatdate(now_s, usegmt=True)),
            ("x-amzn-RequestId", request_id),
            *answer.headers,
        ]
        if answer.chunk_bytes is None:
            headers.append(("Content-Length", str(len(answer.body))))
        if close:
            headers.append(("Connection", "close"))
        size = answer.chunk_bytes or len(answer.body) or 1
        events: list[h11.Event] = []
        if answer.interim_status is not None:
            events.append(h11.InformationalResponse(status_code=answer.interim_status, headers=[]))
        reason = HTTPStatus(answer.status).phrase.encode()
        events.append(h11.Response(status_code=answer.status, headers=headers, reason=reason))
        # An answer to HEAD says how long the body would be, and has none.
        body = b"" if self._method == b"HEAD" else answer.body
        events += [h11.Data(data=body[start : start + size]) for start in range(0, len(body), size)]
        events.append(h11.EndOfMessage())
        return b"".join(self._http.send(event) or b"" for event in events)

    def can_answer(self) -> bool:
        return self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE)

    def start_next(self) -> bool:
        """Make ready for another request; False when the connection has to end."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def finish_refused(self) -> None:
        """Give the client of a refused request the time to read why."""
        with contextlib.suppress(OSError):
            self._wire.finish(DRAIN_BYTES, monotonic() + DRAIN_S)


def _request(head: h11.Request, body: bytes) -> Request:
    headers = tuple((name.decode(), _text(value)) for name, value in head.headers)
    return Request(head.method.decode(), head.target.decode(), headers, body)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
