"""Peers over TCP, TLS 1.2 and TLS 1.3, and transports to them."""

from __future__ import annotations

import ssl

import pytest
import trustme

from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from runtime.http_peer import Peer
from runtime.transport.exchanges import (
    server_context,
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="module")
def contexts(authority: trustme.CA) -> dict[str, ssl.SSLContext | None]:
    return {
        "tcp": None,
        "tls1.2": server_context(authority, ssl.TLSVersion.TLSv1_2),
        "tls1.3": server_context(authority, ssl.TLSVersion.TLSv1_3),
    }


@pytest.fixture(params=["tcp", "tls1.2", "tls1.3"])
def server(request, contexts) -> ssl.SSLContext | None:
    return contexts[request.param]


@pytest.fixture
def connect(ca_file):
    """Make transports with times that a peer on a busy machine can meet; close what they keep."""
    made: list[Transport] = []

    def make(peer: Peer | str, **options: object) -> Transport:
        origin = peer if isinstance(peer, str) else peer.origin
        times = {"connect_timeout_s": 30, "read_timeout_s": 30, "response_timeout_s": 60}
        transport = Transport(origin, tls=lambda: client_context(ca_file), **{**times, **options})
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()
