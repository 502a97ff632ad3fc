"""Certificates, hosts and proxies."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    SagemakerEdgeManager,
)
from edgemote import (
    ConnectError,
)
from endpoint import Endpoint
from runtime.client.device_calls import (
    BEAT,
    assert_hidden,
    connect,
    seen,
)
from runtime.http_peer import Peer, refusing_port


def test_a_certificate_that_nobody_vouches_for_is_refused(endpoint, sleeps):
    with Endpoint() as stranger, connect(endpoint, ca_file=stranger.ca_file) as edge:
        with pytest.raises(ConnectError, match="its certificate is refused") as caught:
            edge.send_heartbeat(**BEAT)
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
    with connect(endpoint, ca_file=None) as edge, pytest.raises(ConnectError, match="refused"):
        edge.send_heartbeat(**BEAT)
    assert not seen(endpoint)


def test_a_certificate_for_another_host_is_refused(sleeps):
    with Endpoint(host_names=["elsewhere.example"]) as other:
        with connect(other) as edge, pytest.raises(ConnectError, match="Hostname mismatch"):
            edge.send_heartbeat(**BEAT)
        assert not other.store.requests()


def test_nobody_listens(sleeps):
    with refusing_port() as port:
        edge = edgemote.connect(
            SagemakerEdgeManager,
            region="us-west-2",
            endpoint_url=f"https://127.0.0.1:{port}",
            credentials=edgemote.Credentials("AKID", "secret"),
        )
        with pytest.raises(ConnectError, match=rf"^127\.0\.0\.1:{port}: Connection refused \("):
            edge.send_heartbeat(**BEAT)
    assert len(sleeps) == 2


@contextmanager
def connect_proxy(status=b"200 Connection established"):
    """A proxy that opens tunnels; yields its URL and the heads that it read."""
    heads = []

    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def script(wire):
        head = wire.read_head()
        heads.append(head)
        host, _, port = head.split()[1].decode().rpartition(":")
        if not status.startswith(b"200"):
            wire.send(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status)
            return
        with socket.create_connection((host, int(port)), timeout=60) as target:
            wire.send(b"HTTP/1.1 %b\r\n\r\n" % status)
            back = threading.Thread(target=pump, args=(target, wire.sock))
            back.start()
            pump(wire.sock, target)
            back.join(60)

    with Peer(script) as peer:
        yield peer.origin, heads


def test_a_proxy_tunnels_and_sees_nothing(endpoint, monkeypatch):
    with connect_proxy() as (url, heads):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//user:pass%2Fword@"))
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
            edge.send_heartbeat(**BEAT)
        monkeypatch.setenv("NO_PROXY", "example.com,localhost")
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
        monkeypatch.setenv("NO_PROXY", f"localhost:{endpoint.port}")
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
        monkeypatch.setenv("NO_PROXY", "localhost:1")
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
    assert len(heads) == 2
    assert heads[0].startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % endpoint.port)
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNzL3dvcmQ=" in heads[0]
    assert b"aws4" not in b"".join(heads).lower()
    assert [request["signature"] for request in seen(endpoint)] == ["ok"] * 5


def test_a_proxy_that_refuses(endpoint, monkeypatch, sleeps):
    with connect_proxy(b"407 Proxy Authentication Required") as (url, heads):
        monkeypatch.setenv("https_proxy", url.replace("//", "//user:hidden@"))
        with connect(endpoint) as edge, pytest.raises(ConnectError, match="status 407") as caught:
            edge.send_heartbeat(**BEAT)
        assert "through proxy 127.0.0.1" in str(caught.value)
    assert_hidden(["hidden"], caught.value)
    assert len(heads) == 3
