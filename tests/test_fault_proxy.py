"""The proxy does what it says: each fault, seen from a client and a server of plain sockets."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from fault_proxy import Fault, FaultProxy

ANSWER = bytes(range(256)) * 40


@pytest.fixture
def server():
    """Answers each connection's first byte with ANSWER, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with sock:
                if sock.recv(1):
                    sock.sendall(ANSWER)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(60)


@pytest.fixture
def proxy(server):
    with FaultProxy("127.0.0.1", server) as proxy:
        yield proxy


def ask(proxy, stalls_at=None, request=b"?"):
    """What came back, and how it ended: "end", "reset" or "silence".

    stalls_at: after so many bytes, silence is not waited out for long
    """
    with socket.create_connection(("127.0.0.1", proxy.port), 60) as sock:
        sock.settimeout(60)
        got = b""
        try:
            sock.sendall(request)
            while piece := sock.recv(65536):
                got += piece
                if len(got) == stalls_at:
                    sock.settimeout(0.2)
        except ConnectionResetError:
            return got, "reset"
        except TimeoutError:
            return got, "silence"
        return got, "end"


def test_in_order(proxy):
    assert ask(proxy) == (ANSWER, "end")
    assert proxy.carried == {"answer": len(ANSWER), "request": 1}
    assert proxy.connections == 1


def test_refused_and_back(proxy):
    proxy.fault = Fault("refuse")
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            ask(proxy)
    proxy.fault = None
    assert ask(proxy) == (ANSWER, "end")


def test_refusing_resets_what_is_open(proxy):
    proxy.fault = Fault("stall", at_byte=100)
    with socket.create_connection(("127.0.0.1", proxy.port), 60) as sock:
        sock.sendall(b"?")
        got = 0
        while got < 100:
            got += len(sock.recv(100))
        proxy.fault = Fault("refuse")
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


@pytest.mark.parametrize("at_byte", [0, 1, 1000, len(ANSWER) - 1])
def test_cut(proxy, at_byte):
    proxy.once(Fault("cut", at_byte))
    assert ask(proxy) == (ANSWER[:at_byte], "end")
    assert ask(proxy) == (ANSWER, "end")


def test_reset(proxy):
    proxy.fault = Fault("reset", 500)
    got, end = ask(proxy)
    assert end == "reset"
    assert ANSWER[:500].startswith(got)  # a reset may take with it what was on its way


def test_stalled(proxy):
    proxy.fault = Fault("stall", 700)
    assert ask(proxy, stalls_at=700) == (ANSWER[:700], "silence")


def test_cut_request(proxy):
    proxy.fault = Fault("cut", 2, of="request")
    got, end = ask(proxy, request=b"???")
    assert end in ("end", "reset")
    assert len(got) <= len(ANSWER)
    assert proxy.carried["request"] == 2


def test_one_byte_at_a_time(proxy):
    proxy.fault = Fault("drip")
    with socket.create_connection(("127.0.0.1", proxy.port), 60) as sock:
        sock.settimeout(60)
        sock.sendall(b"?")
        pieces = list(iter(lambda: sock.recv(65536), b""))
    assert b"".join(pieces) == ANSWER
    assert len(pieces) > 1  # the kernel may join bytes that wait, never all of them


def test_slow(proxy):
    proxy.fault = Fault("slow", bytes_per_s=50_000)
    started = time.monotonic()
    assert ask(proxy) == (ANSWER, "end")
    assert time.monotonic() - started >= len(ANSWER) / 50_000
