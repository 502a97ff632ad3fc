"""A service and its source of keys, which count each byte on the wire, in virtual time.

One thread does it all, so that what a program did before it waited is counted before time passes:
what it sent arrives before the line that says how long it waits.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from time import gmtime, monotonic, sleep, strftime

from endpoint.signatures import Key, Request, read_date, verify

from .chain import Files
from .programs.virtual import END_S, START_S

# The service closes a connection that lies idle for so long.
IDLE_S = 60.0
# Bytes that are closer together than this need the radio once.
AWAKE_S = 10.0
# Who refreshes 900 s before keys run out, as botocore and edgemote do, does it once an hour.
LIFETIME_S = 4_400
# As long as tokens of roles are.
_TOKEN = "FwoGZXIvYXdzE" + "x" * 787
_KEY = ("ASIAEXAMPLEEXAMPLE77", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
_READ_BYTES = 65_536
_DRAIN_S = 30.0
_ANSWERS = {
    "/GetDeviceRegistration": b'{"DeviceRegistration":"registered","CacheTTL":"86400"}',
    "/GetDeployments": b'{"Deployments":[]}',
    "/SendHeartbeat": b"{}",
}


@dataclass
class Counted:
    """What was seen of one program.

    sent, received: the client's bytes of TCP; keys: those of both that were for keys. heads,
    bodies: of its requests within TLS. wakes: how often the radio had to be up, closings: those of
    them at which only the service's end of an idle connection came.
    """

    sent: int = 0
    received: int = 0
    keys: int = 0
    connections: int = 0
    resumed: int = 0
    heads: int = 0
    bodies: int = 0
    wakes: int = 0
    closings: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


class _Radio:
    """Counts how often it had to be up, from times that come in order."""

    def __init__(self) -> None:
        self.wakes = self.closings = 0
        self._last_s = -AWAKE_S
        self._quiet = False

    def note(self, now_s: float, *, closing: bool = False) -> None:
        if now_s - self._last_s >= AWAKE_S:
            self.wakes += 1
            self.closings += closing
            self._quiet = closing
        elif self._quiet and not closing:
            self.closings -= 1
            self._quiet = False
        self._last_s = now_s


class _Wire:
    """One connection of a client."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, is_keys: bool) -> None:
        self.sock = sock
        self.is_keys = is_keys
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.greeted = False
        self.ended = False
        """whether the service has said that it is over"""
        self.text = b""
        self.used_s = 0.0
        self.over = False
        """whether its program's day has ended"""


class Service:
    """with Service(files) as service: the ports are `port`, `keys_port` and `control_port`."""

    def __init__(self, files: Files) -> None:
        self._contexts = [_context(files, mutual=mutual) for mutual in (False, True)]
        self._selector = selectors.DefaultSelector()
        self._wires: set[_Wire] = set()
        self._keys: dict[str, Key] = {}
        self._stop, self._stopped = socket.socketpair()
        self._listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        self.port, self.keys_port, self.control_port = (
            listener.getsockname()[1] for listener in self._listeners
        )
        self.now_s = START_S
        self.days: list[Counted] = []
        """of each program that has ended"""
        self.counted = Counted()
        self._radio = _Radio()
        self._error: BaseException | None = None

    def __enter__(self) -> Service:
        accepts: list[Callable[[socket.socket], None]] = [
            lambda sock: self._accept(sock, is_keys=False),
            lambda sock: self._accept(sock, is_keys=True),
            self._accept_control,
        ]
        for listener, accept in zip(self._listeners, accepts, strict=True):
            self._watch(listener, lambda accept=accept, own=listener: accept(own.accept()[0]))
        self._watch(self._stopped, lambda: None)
        self._thread = threading.Thread(target=self._run, name="day")
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._stop.send(b"x")
        self._thread.join()
        self._close()
        self._selector.close()
        self._stop.close()
        if self._error is not None:
            raise self._error

    def _close(self) -> None:
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]

    def _watch(self, sock: socket.socket, act: Callable[[], None]) -> None:
        self._selector.register(sock, selectors.EVENT_READ, act)

    def _run(self) -> None:
        try:
            while True:
                ready = [key for key, _ in self._selector.select()]
                if any(key.fileobj is self._stopped for key in ready):
                    return
                for key in ready:
                    if key.fileobj.fileno() >= 0:  # type: ignore[union-attr]  # not closed since
                        key.data()
        except BaseException as error:
            self._error = error
            self._close()  # nobody is to wait for an answer

    # The link -----------------------------------------------------------------------------------

    def _accept(self, sock: socket.socket, *, is_keys: bool) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = _Wire(sock, self._contexts[is_keys], is_keys)
        wire.used_s = self.now_s
        self._wires.add(wire)
        self.counted.connections += 1
        self._watch(sock, lambda: self._read(wire))

    def _read(self, wire: _Wire) -> bool:
        """Take what has come; whether there was something."""
        try:
            data = wire.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b""
        self._note(wire)
        if not data:
            self._drop(wire)
            return False
        self.counted.sent += len(data)
        self.counted.keys += len(data) if wire.is_keys else 0
        if wire.ended:  # nothing but the client's own end may come
            return True
        wire.incoming.write(data)
        if not wire.greeted:
            self._greet(wire)
        if wire.greeted:
            self._serve(wire)
        return True

    def _greet(self, wire: _Wire) -> None:
        try:
            wire.tls.do_handshake()
            wire.greeted = True
            self.counted.resumed += bool(wire.tls.session_reused)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.counted.refused.append(f"handshake: {error}")
        self._flush(wire)

    def _flush(self, wire: _Wire) -> None:
        if data := wire.outgoing.read():
            self.counted.received += len(data)
            self.counted.keys += len(data) if wire.is_keys else 0
            wire.sock.setblocking(True)
            try:
                wire.sock.sendall(data)
            except ConnectionError:  # the client has gone
                return
            finally:
                wire.sock.setblocking(False)

    def _note(self, wire: _Wire) -> None:
        wire.used_s = self.now_s
        if not wire.over:  # the next program's radio is another
            self._radio.note(self.now_s)

    def _drop(self, wire: _Wire) -> None:
        self._selector.unregister(wire.sock)
        self._wires.discard(wire)
        wire.sock.close()

    # Time ---------------------------------------------------------------------------------------

    def _accept_control(self, sock: socket.socket) -> None:
        """A program begins: what is counted is its own."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch(sock, lambda: self._wait(sock))

    def _wait(self, sock: socket.socket) -> None:
        line = sock.recv(64)
        for wire in list(self._wires):  # what was sent before
            while wire in self._wires and self._read(wire):
                pass
        if not line:
            self._selector.unregister(sock)
            sock.close()
            return
        if float(line) == END_S:
            self._end_day()
        else:
            self._advance(float(line))
        sock.send(b"\n")

    def _advance(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        for wire in sorted(self._wires, key=lambda wire: wire.used_s):
            self.now_s = wire.used_s + IDLE_S
            if self.now_s <= end_s and not wire.ended:
                self._radio.note(self.now_s, closing=True)
                self._end(wire)
        self.now_s = end_s

    def _end(self, wire: _Wire) -> None:
        """Close notify, and the end of what the service sends; the client has yet to close."""
        wire.ended = True
        if wire.greeted:
            with contextlib.suppress(ssl.SSLError):  # it wants to read the client's
                wire.tls.unwrap()
            self._flush(wire)
        wire.sock.shutdown(socket.SHUT_WR)

    def _end_day(self) -> None:
        self.counted.wakes, self.counted.closings = self._radio.wakes, self._radio.closings
        self.days.append(self.counted)
        self.counted, self._radio, self.now_s = Counted(), _Radio(), START_S
        for wire in self._wires:
            wire.over = True

    def drain(self) -> None:
        """Wait until all clients have gone, and all that they sent is counted."""
        end_s = monotonic() + _DRAIN_S
        while self._wires:
            assert monotonic() < end_s, "a client stays connected"
            sleep(0.005)

    # What is asked ------------------------------------------------------------------------------

    def _serve(self, wire: _Wire) -> None:
        try:
            while data := wire.tls.read(_READ_BYTES):
                wire.text += data
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.counted.refused.append(f"{error}")
            return
        while (request := self._take_request(wire)) is not None:
            answer, status = self._answer(wire, request)
            moment = formatdate(self.now_s, usegmt=True)
            wire.tls.write(
                f"HTTP/1.1 {status}\r\nx-amzn-RequestId: 5b1e3a52-0c1f-4a65-9d1f-0f3b7a2c9e10\r\n"
                f"Date: {moment}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(answer)}\r\n\r\n".encode()
                + answer
            )
        self._flush(wire)

    def _take_request(self, wire: _Wire) -> Request | None:
        """The next request, where all of it is there."""
        head, found, rest = wire.text.partition(b"\r\n\r\n")
        if not found:
            return None
        first, *lines = head.decode().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
        size = int(dict(headers).get("content-length", 0))
        if len(rest) < size:
            return None
        wire.text = rest[size:]
        self.counted.heads += len(head) + 4
        self.counted.bodies += size
        method, target, _ = first.split()
        return Request(method, target, headers, rest[:size])

    def _answer(self, wire: _Wire, request: Request) -> tuple[bytes, str]:
        self.counted.requests[request.path] += 1
        if wire.is_keys:
            return self._issue(), "200 OK"
        try:
            scope = {"region": "us-west-2", "service": "sagemaker"}
            verify(request, self._keys, now_s=read_date(request), **scope)
        except Exception as error:
            self.counted.refused.append(f"{request.path}: {error!r}")
            return b'{"message":"refused"}', "403 Forbidden"
        return _ANSWERS[request.path], "200 OK"

    def _issue(self) -> bytes:
        key_id, secret = _KEY
        self._keys[key_id] = Key(key_id, secret, _TOKEN)
        expiration = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(self.now_s + LIFETIME_S))
        keys = {
            "accessKeyId": key_id,
            "secretAccessKey": secret,
            "sessionToken": _TOKEN,
            "expiration": expiration,
        }
        return json.dumps({"credentials": keys}).encode()


def _context(files: Files, *, mutual: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server_file)
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(files.ca_file)
    return context
