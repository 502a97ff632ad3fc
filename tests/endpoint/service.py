"""A server on this machine that fails on request: connections, TLS, faults, and what was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import uuid
from time import time
from types import TracebackType
from typing import Any, NamedTuple

import h11

from endpoint.answers import Answer, json_answer
from endpoint.connections import Conversation, Limits, Wire
from endpoint.faults import NO_FAULT, Faults
from endpoint.listener import POLL_S, Listener
from endpoint.signatures import Request


class Peer(NamedTuple):
    """The client's end of a TLS connection: its certificate (DER), the protocol that was agreed
    upon by ALPN, and the server name that it asked for.
    """

    certificate: bytes | None = None
    protocol: str | None = None
    server_name: str | None = None


class Service:
    """`with` serves. refusal: status and document that every question gets instead of an answer.
    faults: as the Endpoint's, operation being one of `list_names(request)`. requests: what was
    asked, in order. servers: the TLS names that were asked for, None without. clock_offset_s: how
    far its clock is ahead. stop() and start() make an outage: the port stays the same.
    """

    limits = Limits()

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock_offset_s: float = 0.0,
    ) -> None:
        self.host = host
        self.port = port
        self.clock_offset_s = clock_offset_s
        self.refusal: tuple[int, object] | None = None
        self.faults = Faults()
        self.requests: list[Request] = []
        self.servers: list[str | None] = []
        self._tls = tls
        if tls is not None:
            tls.sni_callback = self._note_server
        # A handshake runs in its connection's thread.
        self._connection = threading.local()
        self._open: set[Wire] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener: Listener | None = None

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://localhost:{self.port}"

    def now_s(self) -> float:
        """What the server takes for the time, in POSIX seconds."""
        return time() + self.clock_offset_s

    def start(self) -> None:
        """Accept connections; returns once the port is open."""
        self._stopping.clear()
        self._listener = Listener((self.host, self.port), self._serve_connection)
        self.port = self._listener.server_address[1]
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(POLL_S,))
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection; start() opens the same port again."""
        if self._listener is None:
            return
        self._listener.shutdown()
        self._thread.join()
        with self._lock:
            self._stopping.set()
            for wire in self._open:
                wire.interrupt()
        self._listener.server_close()
        self._listener = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()

    def list_names(self, request: Request) -> tuple[str, ...]:
        """What a fault's `operation` is compared with."""
        return (request.path,)

    def respond_to(self, request: Request, peer: Peer) -> Answer:
        """What the server says to a sound question of this client."""
        return self.respond(request)

    def respond(self, request: Request) -> Answer:
        """The same, for who does not care about the client."""
        raise NotImplementedError

    def _note_server(self, sock: Any, name: str | None, context: ssl.SSLContext) -> None:
        self.servers.append(name)
        self._connection.server_name = name

    def _serve_connection(self, raw: socket.socket, address: tuple[Any, ...]) -> None:
        if self.faults.take(None, before_tls=True):
            return
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock = raw
        if self._tls is not None:
            sock = self._tls.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        wire = Wire(sock, self.limits, self._stopping)
        with self._lock:
            self._open.add(wire)
            if self._stopping.is_set():
                wire.interrupt()
        # A client that went away, one that is refused, a fault or the end: nobody is left to tell.
        with contextlib.suppress(OSError, h11.RemoteProtocolError):
            wire.handshake()
            name = getattr(self._connection, "server_name", None)
            self._serve_requests(wire, Peer(*wire.peer(), name))
        with self._lock:
            self._open.discard(wire)
        wire.close()

    def _serve_requests(self, wire: Wire, peer: Peer) -> None:
        conversation = Conversation(wire, self.limits)
        while request := conversation.read_request():
            with self._lock:
                self.requests.append(request)
            armed = self.faults.take(*self.list_names(request))
            fault, options = (armed.fault, armed.options) if armed else (NO_FAULT, {})
            if fault.instead:
                answer = fault.instead(options)
            elif self.refusal is not None:
                status, document = self.refusal
                answer = answer_with(status, document)
            else:
                answer = self.respond_to(request, peer)
            if fault.answer:
                answer = fault.answer(answer, options)
            now_s = self.now_s()
            if fault.clock_offset_s:
                now_s += fault.clock_offset_s(options)
            payload = conversation.frame(answer, str(uuid.uuid4()), now_s)
            if fault.deliver:
                fault.deliver(wire, payload, options)
            else:
                wire.send(payload)
            if wire.closed or not conversation.start_next():
                return


def answer_with(status: int, document: object) -> Answer:
    """An answer of any status. document: bytes and text as they are, anything else as JSON."""
    if isinstance(document, str):
        document = document.encode()
    body = document if isinstance(document, bytes) else json_answer(document).body
    return Answer(status, body)
