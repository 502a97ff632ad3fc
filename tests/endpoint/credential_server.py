"""What the servers that hand out temporary keys share: connections, faults, and what was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import uuid
from collections.abc import Callable
from time import gmtime, strftime, time
from types import TracebackType
from typing import Any

import h11

from endpoint.answers import Answer, json_answer
from endpoint.connections import Conversation, Limits, Wire
from endpoint.faults import NO_FAULT, Faults
from endpoint.listener import POLL_S, Listener
from endpoint.signatures import Key, Request, make_key


class CredentialServer:
    """`with` serves. issue: makes the key that is valid until the POSIX seconds it is given, such
    as one that an Endpoint accepts: `lambda end_s: endpoint.add_key(temporary=True,
    expires_at_s=end_s)`. lifetime_s: of each key. refusal: status and document that every question
    gets instead of an answer. faults: as the Endpoint's, operation being the request's path.
    requests: what was asked, in order. servers: the TLS names that were asked for, None without.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        issue: Callable[[float], Key] | None = None,
        lifetime_s: float = 3600.0,
        clock_offset_s: float = 0.0,
    ) -> None:
        self.host = host
        self.port = port
        self.lifetime_s = lifetime_s
        self.clock_offset_s = clock_offset_s
        self.refusal: tuple[int, object] | None = None
        self.faults = Faults()
        self.requests: list[Request] = []
        self.servers: list[str | None] = []
        self.issued: list[Key] = []
        self._issue = issue or _issue
        self._tls = tls
        if tls is not None:
            tls.sni_callback = self._note_server
        self._limits = Limits()
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

    def respond(self, request: Request) -> Answer:
        """What the server says to a sound question. Each has its own."""
        raise NotImplementedError

    def issue(self) -> dict[str, str]:
        """A new key, by the names that the answers of containers and instances have."""
        end_s = self.now_s() + self.lifetime_s
        key = self._issue(end_s)
        self.issued.append(key)
        return {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "Token": key.session_token or "",
            "Expiration": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(end_s)),
        }

    def _note_server(self, sock: Any, name: str | None, context: ssl.SSLContext) -> None:
        self.servers.append(name)

    def _serve_connection(self, raw: socket.socket, address: tuple[Any, ...]) -> None:
        if self.faults.take(None, before_tls=True):
            return
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock = raw
        if self._tls is not None:
            sock = self._tls.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        wire = Wire(sock, self._limits, self._stopping)
        with self._lock:
            self._open.add(wire)
            if self._stopping.is_set():
                wire.interrupt()
        # A client that went away, one that is refused, a fault or the end: nobody is left to tell.
        with contextlib.suppress(OSError, h11.RemoteProtocolError):
            wire.handshake()
            self._serve_requests(wire)
        with self._lock:
            self._open.discard(wire)
        wire.close()

    def _serve_requests(self, wire: Wire) -> None:
        conversation = Conversation(wire, self._limits)
        while request := conversation.read_request():
            with self._lock:
                self.requests.append(request)
            armed = self.faults.take(request.path)
            fault, options = (armed.fault, armed.options) if armed else (NO_FAULT, {})
            if fault.instead:
                answer = fault.instead(options)
            elif self.refusal is not None:
                status, document = self.refusal
                answer = answer_with(status, document)
            else:
                answer = self.respond(request)
            if fault.answer:
                answer = fault.answer(answer, options)
            payload = conversation.frame(answer, str(uuid.uuid4()), self.now_s())
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


def _issue(end_s: float) -> Key:
    return make_key(temporary=True, expires_at_s=end_s)
