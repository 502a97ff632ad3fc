"""Certificates, host names and versions of TLS."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from edgemote.errors import (
    ConfigError,
    ConnectError,
    ConnectionClosedError,
)
from edgemote.http import sockets
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from runtime.http_peer import Peer, Wire, echo
from runtime.transport.exchanges import (
    check_failure,
    head,
    server_context,
)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("fault", ["name", "authority", "expired", "early"])
def test_wrong_certificate(authority, connect, version, fault):
    now = datetime.now(timezone.utc)
    day = timedelta(days=1)
    context = {
        "name": lambda: server_context(authority, version, "other.example"),
        "authority": lambda: server_context(trustme.CA(), version),
        "expired": lambda: server_context(authority, version, not_after=now - day),
        "early": lambda: server_context(authority, version, not_before=now + day),
    }[fault]()
    words = {
        "name": "IP address mismatch",
        "authority": "unable to get local issuer|self.signed",
        "expired": "certificate has expired",
        "early": "certificate is not yet valid",
    }[fault]
    seen = []
    with Peer(lambda wire: seen.append(wire.read_head()), context) as peer:
        error = check_failure(connect(peer), ConnectError, f"certificate is refused: .*({words})")
        assert isinstance(error.__cause__, ssl.SSLCertVerificationError)
    assert not any(seen)


def test_wrong_host_name(authority, ca_file, connect):
    context = server_context(authority, ssl.TLSVersion.TLSv1_3, "127.0.0.1")
    with Peer(echo, context) as peer:
        transport = connect(f"https://localhost:{peer.port}")
        check_failure(transport, ConnectError, "Hostname mismatch")


def test_a_common_name_is_no_host_name(authority, connect):
    """As in urllib3, and so in botocore: only alternative names are."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(common_name="localhost").configure_cert(context)
    with Peer(echo, context) as peer:
        transport = connect(f"https://localhost:{peer.port}")
        check_failure(transport, ConnectError, "Hostname mismatch")


def test_plain_peer_where_tls_is_due(connect):
    def talk(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        wire.read(1000)

    with Peer(talk) as peer:
        transport = connect(peer.origin.replace("http:", "https:"))
        check_failure(transport, ConnectError, "TLS")


def test_old_tls_is_refused(authority, connect):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Peer(echo, context) as peer:
        check_failure(connect(peer), ConnectError, "TLS: .*version")


def test_client_certificate(authority, ca_file, contexts, tmp_path):
    device = authority.issue_cert("cam-7.example")
    cert_file, key_file = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert_file.write_bytes(b"".join(pem.bytes() for pem in device.cert_chain_pems))
    key_file.write_bytes(device.private_key_pem.bytes())
    both = tmp_path / "both.pem"
    device.private_key_and_cert_chain_pem.write_to_path(str(both))
    server = server_context(authority, ssl.TLSVersion.TLSv1_3)
    server.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server)
    with Peer(echo, server) as peer:
        for files in (
            {"cert_file": str(cert_file), "key_file": str(key_file)},
            {"cert_file": str(both)},
        ):
            transport = Transport(peer.origin, tls=lambda f=files: client_context(ca_file, **f))
            assert transport.exchange(head(1), b"a").body == b"a"
            transport.close()
        # In TLS 1.3 the refusal arrives after the handshake, in place of an answer.
        transport = Transport(peer.origin, tls=lambda: client_context(ca_file))
        check_failure(transport, ConnectionClosedError, "certificate required|closed|lost")


def test_client_certificate_that_is_asked_for_after_the_request(authority, ca_file, tmp_path):
    """TLS 1.3 allows it; before, a server asks again during the request."""
    identity = tmp_path / "device.pem"
    authority.issue_cert("device.example").private_key_and_cert_chain_pem.write_to_path(
        str(identity)
    )
    context = server_context(authority, ssl.TLSVersion.TLSv1_3)
    context.load_verify_locations(ca_file)
    context.verify_mode, context.post_handshake_auth = ssl.CERT_REQUIRED, True
    shown = []

    def ask_late(wire: Wire) -> None:
        while wire.read_request()[0]:
            wire.sock.verify_client_post_handshake()
            wire.answer(b"a")
            wire.read_request()
            shown.append(wire.sock.getpeercert())
            wire.answer(b"b")

    with Peer(ask_late, context) as peer:
        transport = Transport(
            peer.origin, tls=lambda: client_context(ca_file, cert_file=str(identity))
        )
        assert transport.exchange(head()).body == b"a"
        assert transport.exchange(head()).body == b"b"
        transport.close()
    assert shown[0]


@pytest.mark.parametrize("spelt", ["service.lan.", "127.0.0.1", "[::1%25lo]", "[::1%1]"])
def test_hosts_as_certificates_have_them(authority, ca_file, monkeypatch, spelt):
    """The resolver's answer is made up for names; certificates know no last dot and no zone."""
    asked = []
    context = server_context(authority, ssl.TLSVersion.TLSv1_3, "service.lan", "127.0.0.1", "::1")
    context.sni_callback = lambda _, name, __: asked.append(name)
    with Peer(echo, context) as peer:
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.port))
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: [row])
        transport = Transport(f"https://{spelt}:{peer.port}", tls=lambda: client_context(ca_file))
        assert transport.exchange(head(1), b"a").body == b"a"
        transport.close()
    assert asked == ["service.lan" if spelt == "service.lan." else None]


def test_context_verifies():
    context = client_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_context_errors_name_the_file(authority, ca_file, tmp_path):
    empty, text, folder = tmp_path / "empty.pem", tmp_path / "text.pem", tmp_path / "folder"
    empty.write_bytes(b"")
    text.write_bytes(b"no certificate\n")
    folder.mkdir()
    device, other = authority.issue_cert("a.example"), authority.issue_cert("b.example")
    cert, key, locked = tmp_path / "cert.pem", tmp_path / "other.pem", tmp_path / "locked.pem"
    device.cert_chain_pems[0].write_to_path(str(cert))
    other.private_key_pem.write_to_path(str(key))
    from cryptography.hazmat.primitives import serialization as form

    private = form.load_pem_private_key(device.private_key_pem.bytes(), None)
    locked.write_bytes(
        private.private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"word")
        )
    )
    for options, words in [
        ({"ca_file": str(tmp_path / "none.pem")}, "none.pem: No such file"),
        ({"ca_file": str(empty)}, "empty.pem holds no usable PEM"),
        ({"ca_file": str(text)}, "text.pem holds no usable PEM"),
        ({"ca_file": str(folder)}, "folder"),
        ({"cert_file": str(tmp_path / "none.pem")}, "none.pem"),
        ({"cert_file": str(cert)}, "cert.pem"),
        ({"cert_file": str(cert), "key_file": str(tmp_path / "none.pem")}, "none.pem"),
        ({"cert_file": str(cert), "key_file": str(key)}, "other.pem.*key values mismatch"),
        ({"cert_file": str(cert), "key_file": str(locked)}, "locked.pem is encrypted"),
        ({"key_file": str(key)}, "is set, but no certificate"),
    ]:
        with pytest.raises(ConfigError, match=words):
            client_context(**{"ca_file": ca_file, **options})
