"""The meter's estimate beside what real TLS connections move, by the kernel's own count."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator

import pytest
import trustme

from edgemote.agent.data_budget import (
    CONNECTION_BYTES,
    RESUMED_BYTES,
    SEGMENT_BYTES,
    SEGMENT_HEADER_BYTES,
    estimate_bytes,
    estimate_connection_bytes,
)

# How far the estimate may be off: messages both ways, since a peer may acknowledge more or fewer
# segments; connections upwards, since chains of certificates differ.
MESSAGE_TOLERANCE = 0.06
CONNECTION_TOLERANCE = 0.35
# struct tcp_info of linux/tcp.h: from byte 120 on tcpi_bytes_acked, tcpi_bytes_received,
# tcpi_segs_out and tcpi_segs_in.
TCP_INFO_BYTES = 144
# What a router's Ethernet leaves; loopback would send 64 KiB at once.
LONGEST_SEGMENT = SEGMENT_BYTES + 12
VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


def serve(context: ssl.SSLContext) -> int:
    """Answer the messages of one client, whose heads say how long they and the answers are."""
    listener = socket.socket()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, LONGEST_SEGMENT)
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def talk() -> None:
        with listener, listener.accept()[0] as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context.wrap_socket(sock, server_side=True) as secure:
                stream = secure.makefile("rb")
                while head := stream.read(8):
                    size, answer_size = struct.unpack("!2I", head)
                    stream.read(size - 8)
                    secure.sendall(bytes(answer_size))

    threading.Thread(target=talk, daemon=True).start()
    return int(listener.getsockname()[1])


def moved(secure: ssl.SSLSocket) -> int:
    """Bytes both ways so far, with the headers of all segments."""
    info = secure.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
    acknowledged, received, segments_out, segments_in = struct.unpack_from("2Q2I", info, 120)
    return acknowledged + received + (segments_out + segments_in) * SEGMENT_HEADER_BYTES


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of the server, whose chain is as long as AWS's and has RSA keys, and of the client."""
    root = trustme.CA(key_type=trustme.KeyType.RSA)
    issuer = root
    for _ in range(3):
        issuer = issuer.create_child_ca(key_type=trustme.KeyType.RSA)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert("localhost", key_type=trustme.KeyType.RSA).configure_cert(server)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    root.configure_trust(client)
    return server, client


def connect(contexts, session: ssl.SSLSession | None = None) -> ssl.SSLSocket:
    server, client = contexts
    sock = socket.socket()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, LONGEST_SEGMENT)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.connect(("127.0.0.1", serve(server)))
    return client.wrap_socket(sock, server_hostname="localhost", session=session)


@pytest.fixture(params=VERSIONS)
def secure(request, contexts) -> Iterator[ssl.SSLSocket]:
    client = contexts[1]
    client.minimum_version = client.maximum_version = VERSIONS[request.param]
    with connect(contexts) as secure:
        yield secure


def exchange(secure: ssl.SSLSocket, size: int, answer_size: int) -> int:
    """Send and receive as a transport does; what a meter would count."""
    secure.sendall(struct.pack("!2I", size, answer_size) + bytes(size - 8))
    counted = estimate_bytes(size)
    left = answer_size
    while left:
        data = secure.recv(16_384)
        counted += estimate_bytes(len(data))
        left -= len(data)
    return counted


@pytest.mark.parametrize(
    ("size", "answer_size"),
    [(2_400, 350), (600, 5_000), (600, 300_000), (200_000, 300), (60_000, 60_000)],
)
def test_messages(secure, size, answer_size):
    exchange(secure, 100, 100)  # with it come TLS 1.3's session tickets
    before = moved(secure)
    counted = sum(exchange(secure, size, answer_size) for _ in range(5))
    assert counted == pytest.approx(moved(secure) - before, rel=MESSAGE_TOLERANCE)


def test_a_connection(secure):
    # TLS 1.2 has no hybrid key shares. Servers that speak nothing newer are few.
    opened = CONNECTION_BYTES if secure.version() == "TLSv1.2" else estimate_connection_bytes()
    counted = opened + exchange(secure, 100, 100)
    # Closing: a segment and its acknowledgement, both ways.
    total = moved(secure) + 4 * SEGMENT_HEADER_BYTES
    assert total <= counted <= total * (1 + CONNECTION_TOLERANCE)


def test_a_connection_that_resumes(contexts, secure):
    exchange(secure, 100, 100)
    with connect(contexts, secure.session) as again:
        counted = RESUMED_BYTES + exchange(again, 100, 100)
        assert again.session_reused
        total = moved(again) + 4 * SEGMENT_HEADER_BYTES
    if secure.version() == "TLSv1.3":
        counted += estimate_connection_bytes() - CONNECTION_BYTES
        assert counted <= total * (1 + CONNECTION_TOLERANCE)
    assert total <= counted  # TLS 1.2 says less
