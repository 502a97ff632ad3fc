"""`_socket` and `_ssl` in place of the public modules: the same contexts, the same behaviour."""

from __future__ import annotations

import gc
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from edgemote.http import sockets
from edgemote.http.http1 import request_head
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport

from .http_peer import Peer, Wire

PROJECT = Path(__file__).parents[2]
# What both ways have to be shown with, but for what waits long, and for what is not about TLS.
SUITES = (
    "transport test_dates.py test_certificate_time.py test_client_certificate.py test_proxy.py "
    "test_fork.py test_sessions.py test_credentials_resumed.py"
)
SKIPPED = "tcp or constant_memory or forg or slow or first_address or Boards"
# What `ssl` adds to it is enumerations; `sni_callback` and the like are None in both.
SETTINGS = (
    "_host_flags check_hostname keylog_filename maximum_version minimum_version num_tickets "
    "options post_handshake_auth protocol security_level sni_callback verify_flags verify_mode"
)


@pytest.mark.parametrize("suite", SUITES.split())
def test_the_public_modules_do_the_same(suite):
    """Of `_ssl`, TLS and its errors are what every other run of these tests shows."""
    command = ["-m", "pytest", "-q", "-x", "-p", "runtime.public_ssl", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, *command, "-k", f"not ({SKIPPED})", f"tests/runtime/{suite}"],
        cwd=PROJECT,
        env={**os.environ, "CI": "true", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="has no `_ssl`")
def test_cpython_takes_its_own():
    assert run("from edgemote.http import sockets; print(sockets.DIRECT)") == "True\n"


@pytest.mark.parametrize("lacking", ["SSLEOFError", "PROTOCOL_TLS_CLIENT", "_SSLContext"])
def test_a_lacking_name_is_no_matter(lacking):
    script = """
import ssl, sys, types
own = vars(sys.modules["_ssl"])
sys.modules["_ssl"] = types.SimpleNamespace(**{k: v for k, v in own.items() if k != sys.argv[1]})
from edgemote.http import sockets, tls
print(sockets.DIRECT, isinstance(tls.client_context(), ssl.SSLContext))
"""
    assert run(script, lacking) == "False True\n"


@pytest.mark.parametrize("system", [False, True], ids=["a CA file", "the system's"])
def test_contexts_are_those_of_ssl(tmp_path, system):
    """Setting by setting, those of a context that `ssl` makes, with our four changes."""
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    theirs.minimum_version = ssl.TLSVersion.TLSv1_2
    theirs.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    theirs.options &= ~0x10  # the padding of the ClientHello
    theirs.hostname_checks_common_name = False
    if system:
        theirs.load_default_certs()
    else:
        theirs.load_verify_locations(file)
    ours = client_context(None if system else str(file))

    def read(context: ssl.SSLContext) -> dict[str, object]:
        return {name: getattr(context, name, "none") for name in SETTINGS.split()}

    assert read(ours) == read(theirs)
    assert ours.verify_mode == ssl.CERT_REQUIRED
    assert ours.check_hostname
    assert ours.get_ciphers() == theirs.get_ciphers()
    assert ours.get_ca_certs(True) == theirs.get_ca_certs(True)
    assert ours.cert_store_stats() == theirs.cert_store_stats()
    # Nothing has been added to what `ssl` has that is not compared here.
    plain = {
        name
        for name in dir(theirs)
        if not name.startswith("__") and not callable(getattr(theirs, name))
    }
    of_subclasses = {"_windows_cert_stores", "sslobject_class", "sslsocket_class", "_msg_callback"}
    derived = {"hostname_checks_common_name"}  # from _host_flags
    assert plain <= {*SETTINGS.split(), *of_subclasses, *derived}


def test_the_socket_lives_as_long_as_its_tls(tmp_path):
    """`_ssl` refers to it weakly; without it, it could do nothing any more."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def answer(wire: Wire) -> None:
        while wire.read_request()[0]:
            wire.answer(b"{}")

    with Peer(answer, context) as peer:
        transport = Transport(peer.origin, tls=lambda: client_context(str(tmp_path / "ca.pem")))
        connection = transport.open()
        sock, tls = connection.sock, connection.tls
        transport.close()
        del transport
        gc.collect()
        assert connection.send(request_head("GET", "/", {"Host": "h"}))
        assert connection.receive(False).endswith(b"{}")
        del connection
        gc.collect()
        sock.close()
        with pytest.raises((OSError, ValueError)):
            tls.write(b"x")


def test_protocols_that_are_offered():
    context = client_context(protocol="x-amzn-http-ca")
    sockets.offer(context, "a" * 255)
    with pytest.raises((ValueError, ssl.SSLError)):
        sockets.offer(context, "a" * 256)
