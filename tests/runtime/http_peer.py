"""A real TCP or TLS peer on 127.0.0.1 that does with each connection what a test tells it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator


class Wire:
    """One accepted connection. Sends and reads raw bytes."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._ahead = b""

    def read_head(self) -> bytes:
        """The next request's head with its blank line; b"" if the client has closed."""
        while b"\r\n\r\n" not in self._ahead:
            data = self._receive()
            if not data:
                return b""
            self._ahead += data
        head, _, self._ahead = self._ahead.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def read(self, size: int) -> bytes:
        while len(self._ahead) < size:
            data = self._receive()
            if not data:
                break
            self._ahead += data
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def read_line(self) -> bytes:
        while b"\r\n" not in self._ahead:
            self._ahead += self._receive() or b"\r\n"
        line, _, self._ahead = self._ahead.partition(b"\r\n")
        return line

    def read_request(self) -> tuple[bytes, bytes]:
        """Head and body of the next request; the head is b"" if the client has closed."""
        head = self.read_head()
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            body = b""
            while line := self.read_line():
                body += self.read(int(line, 16))
                assert self.read_line() == b""
                if line == b"0":
                    return head, body
            return b"", body
        _, _, length = lower.partition(b"content-length:")
        return head, self.read(int(length.partition(b"\r\n")[0] or 0))

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, body: bytes = b"", status: bytes = b"200 OK", more: bytes = b"") -> None:
        self.send(
            b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), more, body)
        )

    def reset(self) -> None:
        """End the connection with RST, without a word of TLS."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw = socket.socket(fileno=self.sock.detach())
        raw.close()

    def finish(self) -> None:
        """End the connection in good order: close_notify, then FIN."""
        if isinstance(self.sock, ssl.SSLSocket):
            with contextlib.suppress(OSError):
                self.sock.settimeout(0)
                self.sock.unwrap()
        self.sock.close()

    def _receive(self) -> bytes:
        try:
            return self.sock.recv(65536)
        except ConnectionError:
            return b""
        except ssl.SSLEOFError:
            return b""


@contextlib.contextmanager
def refusing_port() -> Iterator[int]:
    """A port of 127.0.0.1 that refuses. It is taken, so that nobody else can listen there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def echo(wire: Wire) -> None:
    """Answer each request with its body."""
    while True:
        request, body = wire.read_request()
        if not request:
            return
        wire.answer(body)


class Peer:
    """Listens; each connection is given to `script` in a thread of its own.

    What a script raises is raised at the end of the with block, unless the client has closed the
    connection. `accepted` counts connections, `origin` is the URL, `refused` holds what the TLS
    handshakes raised.
    """

    def __init__(
        self,
        script: Callable[[Wire], None],
        context: ssl.SSLContext | None = None,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> None:
        self._script = script
        self._context = context
        self._family = family
        self.accepted = 0
        self._errors: list[BaseException] = []
        self._wires: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.refused: list[OSError] = []

    def __enter__(self) -> Peer:
        self._listener = socket.create_server(
            ("::1" if self._family == socket.AF_INET6 else "127.0.0.1", 0), family=self._family
        )
        self.port = self._listener.getsockname()[1]
        scheme = "http" if self._context is None else "https"
        host = "[::1]" if self._family == socket.AF_INET6 else "127.0.0.1"
        self.origin = f"{scheme}://{host}:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a peer's script hangs"
        if self._errors:
            raise self._errors[0]

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(60)
        # What is sent must leave at once: a reset takes what waits for an acknowledgement with it.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._context is not None:
                try:
                    sock = self._context.wrap_socket(sock, server_side=True)
                except OSError as error:
                    self.refused.append(error)
                    return
            self._script(Wire(sock))
        except (BrokenPipeError, ConnectionResetError):
            pass  # The client closed first: whether it may is for the test to judge.
        except BaseException as error:
            self._errors.append(error)
        finally:
            sock.close()
