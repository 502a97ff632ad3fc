"""A TCP proxy on 127.0.0.1 that does to a link what weather, tunnels and routers do.

    with FaultProxy("127.0.0.1", server.port) as proxy:
        client = connect(f"https://127.0.0.1:{proxy.port}")
        proxy.fault = Fault("cut", at_byte=1000)   # every connection from now on
        proxy.once(Fault("reset"))                 # the next connection only
        proxy.fault = None                         # in order again

It sees bytes of TCP, so what it does to TLS it does to the records.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from types import TracebackType
from typing import NamedTuple

KINDS = ("refuse", "stall", "cut", "reset", "drip", "slow")
_PIECE_BYTES = 65_536
_POLL_S = 0.02
_JOIN_TIMEOUT_S = 60.0
_NO_LINGER = struct.pack("ii", 1, 0)  # close() then sends RST


class Fault(NamedTuple):
    """What happens to a connection.

    refuse: nobody listens; connections that are open are reset
    stall: from byte `at_byte` on nothing comes through, and nobody hangs up
    cut: at byte `at_byte` both sides are closed in good order
    reset: at byte `at_byte` both sides are reset
    drip: one byte at a time, each in a segment of its own
    slow: `bytes_per_s` at most

    Bytes are counted in each connection from its start, those of the answers, or of the requests
    where `of` is "request".
    """

    kind: str
    at_byte: int = 0
    of: str = "answer"
    bytes_per_s: float = 10_000.0


class FaultProxy:
    """Carries connections to host:port until it is told otherwise.

    `port` is its own; `connections` counts those that it took, `carried` the bytes of answers and
    of requests that it passed on.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._fault: Fault | None = None
        self._next: list[Fault] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self.port = 0
        self.connections = 0
        self.carried = {"answer": 0, "request": 0}

    def __enter__(self) -> FaultProxy:
        self._socket = self._bind()
        self.port = self._socket.getsockname()[1]
        self._listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._hang_up()
        self.drop()
        for thread in self._threads:
            thread.join(_JOIN_TIMEOUT_S)
            assert not thread.is_alive(), "a connection of the proxy hangs"

    @property
    def origin(self) -> str:
        """Host and port, as they stand in a URL."""
        return f"127.0.0.1:{self.port}"

    @property
    def fault(self) -> Fault | None:
        """What happens to every connection, open ones included (refuse resets them)."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        assert fault is None or fault.kind in KINDS, fault
        refused = self._fault is not None and self._fault.kind == "refuse"
        refuse = fault is not None and fault.kind == "refuse"
        self._fault = fault
        if refuse and not refused:
            self._hang_up()
            self._socket = self._bind()  # holds the port, and does not listen
            self.drop()
        elif refused and not refuse:
            self._listen()

    def once(self, *faults: Fault) -> None:
        """One of these for each of the next connections; then `fault` counts again."""
        assert all(fault.kind in KINDS and fault.kind != "refuse" for fault in faults), faults
        with self._lock:
            self._next += faults

    def drop(self) -> None:
        """Reset the connections that are open."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                    # Wakes the thread that waits for it, which then closes it.
                    sock.shutdown(socket.SHUT_RD)

    def _bind(self) -> socket.socket:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self.port))
        return sock

    def _listen(self) -> None:
        self._socket.listen(64)
        self._start(self._accept, self._socket)

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            with self._lock:
                own = self._next.pop(0) if self._next else None
            try:
                server = socket.create_connection(self._target, 10)
            except OSError:
                client.close()
                continue
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(_JOIN_TIMEOUT_S)
            with self._lock:
                self._open |= {client, server}
            self._start(self._serve, client, server, own)

    def _serve(self, client: socket.socket, server: socket.socket, own: Fault | None) -> None:
        try:
            with contextlib.suppress(OSError):
                self._carry(client, server, own)
        finally:
            with self._lock:
                self._open -= {client, server}
            client.close()
            server.close()

    def _carry(self, client: socket.socket, server: socket.socket, own: Fault | None) -> None:
        ways = {client: (server, "request"), server: (client, "answer")}
        passed = {"answer": 0, "request": 0}
        while ways and not self._stopping.is_set():
            readable, _, _ = select.select(list(ways), [], [], _POLL_S)
            for source in readable:
                target, of = ways[source]
                fault = own or self._fault
                size = _allowed(fault, of, passed[of])
                if fault is not None and _ends(fault, of, passed[of], client, server):
                    return
                if size == 0:  # not even its end comes through
                    time.sleep(_POLL_S)
                    continue
                piece = source.recv(size)
                if not piece:
                    del ways[source]
                    with contextlib.suppress(OSError):
                        target.shutdown(socket.SHUT_WR)
                    continue
                if fault is not None and fault.kind == "slow":
                    self._stopping.wait(len(piece) / fault.bytes_per_s)
                target.sendall(piece)
                passed[of] += len(piece)
                with self._lock:
                    self.carried[of] += len(piece)
                if fault is not None and _ends(fault, of, passed[of], client, server):
                    return


def _ends(fault: Fault, of: str, passed: int, *sockets: socket.socket) -> bool:
    """Whether the connection is over; where it is to be reset, closing it will do that."""
    hangs_up = fault.kind in ("cut", "reset") and fault.of == of and passed >= fault.at_byte
    if not hangs_up and fault.kind != "refuse":
        return False
    if fault.kind != "cut":
        for sock in sockets:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    return True


def _allowed(fault: Fault | None, of: str, passed: int) -> int:
    """How many bytes may be taken in one piece; 0 for none any more."""
    if fault is None or fault.of != of:
        return _PIECE_BYTES
    if fault.kind == "drip":
        return 1
    if fault.kind == "slow":
        return max(1, int(fault.bytes_per_s / 20))
    return max(0, min(_PIECE_BYTES, fault.at_byte - passed))
