"""Peers that cannot be reached, and names with several addresses."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, contextmanager

import pytest

from edgemote import limits
from edgemote.errors import (
    ConnectError,
)
from edgemote.http import connection, sockets
from runtime.http_peer import Peer, echo, refusing_port
from runtime.transport.exchanges import (
    check_failure,
    head,
)


def test_connect_refused(connect):
    with refusing_port() as port:
        check_failure(connect(f"https://127.0.0.1:{port}"), ConnectError, "refused")


@contextmanager
def deaf_listener():
    """A port of 127.0.0.1 whose queue is full: it drops what comes, and nobody answers."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()[1]


def test_connect_timeout(connect):
    with deaf_listener() as port:
        transport = connect(f"http://127.0.0.1:{port}", connect_timeout_s=0.3)
        check_failure(transport, ConnectError, r"no connection within 0\.3 s")


@pytest.mark.parametrize("dead", ["silent", "refused"])
def test_a_dead_first_address_delays_one_connection_a_little(connect, monkeypatch, dead):
    """The name's answer is made up; the addresses are real."""
    begun = []
    make = sockets.Socket

    class Watched(make):
        def connect_ex(self, address):
            begun.append(address[0])
            return super().connect_ex(address)

    with deaf_listener() as port, socket.create_server(("127.0.0.2", port)) as listener:
        first = "127.0.0.1" if dead == "silent" else "127.0.0.3"
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
            for host in (first, "127.0.0.2")
        ]
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: list(addresses))
        monkeypatch.setattr(connection, "Socket", Watched)
        transport = connect(f"http://h:{port}", connect_timeout_s=600)
        for expected in ([first, "127.0.0.2"], ["127.0.0.2"]):
            begun.clear()
            opened = transport.open()
            assert opened.sock.getpeername() == ("127.0.0.2", port)
            assert begun == expected
            opened.close()
        # The one that answered has gone: the other is tried beside it.
        listener.close()
        addresses[0] = (*addresses[0][:4], ("127.0.0.3", port))
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.3", port))
            other.listen()
            begun.clear()
            sock = transport.open()
            assert begun == ["127.0.0.2", "127.0.0.3"]
            sock.close()


def test_few_of_many_addresses_are_tried(connect, monkeypatch):
    tried = []
    make = sockets.Socket
    monkeypatch.setattr(connection, "Socket", lambda *kind: tried.append(kind) or make(*kind))
    with refusing_port() as port:
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: [row] * 5000)
        check_failure(connect(f"http://h:{port}"), ConnectError, "Connection refused")
    assert len(tried) == limits.ADDRESS_COUNT


def test_tls_handshake_has_the_connect_timeout(connect):
    with Peer(lambda wire: wire.read(10**6) and None) as peer:
        origin = peer.origin.replace("http:", "https:")
        transport = connect(origin, connect_timeout_s=0.3)
        check_failure(transport, ConnectError, r"no connection within 0\.3 s")


def test_unknown_name(connect):
    error = check_failure(connect("http://name.invalid:1"), ConnectError, "cannot be resolved")
    assert isinstance(error.__cause__, socket.gaierror)


def test_every_address_is_tried(connect):
    """localhost often has ::1 before 127.0.0.1; the peer listens on one of them only."""
    families = {entry[0] for entry in socket.getaddrinfo("localhost", 80)}
    for family in families:
        with Peer(echo, family=family) as peer:
            transport = connect(f"http://localhost:{peer.port}")
            assert transport.exchange(head(1), b"a").body == b"a"
            transport.close()


def test_ipv6(contexts, connect):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    for context in contexts.values():
        with Peer(echo, context, socket.AF_INET6) as peer:
            transport = connect(peer)
            assert transport.peer == f"[::1]:{peer.port}"
            assert transport.exchange(head(1), b"a").body == b"a"
            transport.close()
