"""Clients in forked children: a parent's connection, and what else belongs to it, stays its own."""

from __future__ import annotations

import os
import pickle
import signal
import ssl
import subprocess
import sys
import threading
import warnings
from contextlib import closing

import pytest
import trustme

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from edgemote.credentials.provider import Refreshing
from edgemote.errors import ConnectionClosedError
from edgemote.http.http1 import request_head
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport

from .http_peer import Peer, Wire, echo

HEAD = request_head("POST", "/", {"Host": "h", "Content-Length": "1"})
CHILD_LIMIT_S = 60


def fork(work):
    """Start `work` in a forked child; the function that is returned waits for what it returns."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the peer's threads stay behind
        pid = os.fork()
    if not pid:
        try:
            signal.alarm(CHILD_LIMIT_S)
            os.close(reader)
            try:
                result = work()
            except BaseException as error:
                result = f"{type(error).__name__}: {error}"
            os.write(writer, pickle.dumps(result))
        finally:
            os._exit(0)
    os.close(writer)

    def wait():
        with open(reader, "rb") as file:
            data = file.read()
        os.waitpid(pid, 0)
        return pickle.loads(data) if data else "the child was stuck"

    return wait


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["http", "tls1.2", "tls1.3"])
def open_both(request, authority, tmp_path):
    """A function that makes a peer with its script, and a transport to it."""
    context = None
    if request.param != "http":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        version = {"tls1.2": ssl.TLSVersion.TLSv1_2, "tls1.3": ssl.TLSVersion.TLSv1_3}
        context.minimum_version = context.maximum_version = version[request.param]
        authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))

    def make(script):
        return Peer(script, context), lambda origin: Transport(
            origin, tls=lambda: client_context(str(ca_file)), read_timeout_s=30
        )

    return make


def ask(transport: Transport, body: bytes) -> bytes:
    return transport.exchange(HEAD, body).body


def test_a_child_has_its_own_connection_and_the_parent_keeps_its(open_both):
    peer, make = open_both(echo)
    with peer:
        transport = make(peer.origin)
        assert ask(transport, b"a") == b"a"
        child = fork(lambda: [ask(transport, b"c") for _ in range(20)])
        mine = [ask(transport, b"p") for _ in range(20)]
        assert child() == [b"c"] * 20
        assert mine == [b"p"] * 20
        # What the child closed was its descriptor alone: no closing message went to the peer.
        assert ask(transport, b"z") == b"z"
        assert peer.accepted == 2
        transport.close()


def test_a_child_that_ends_or_closes_says_nothing_to_the_peer(open_both):
    peer, make = open_both(echo)
    with peer:
        transport = make(peer.origin)
        ask(transport, b"a")
        fork(transport.close)()
        fork(lambda: None)()
        assert ask(transport, b"b") == b"b"
        assert peer.accepted == 1
        transport.close()


def test_a_body_that_is_being_read_is_closed_in_the_child(open_both):
    def script(wire: Wire) -> None:
        wire.read_request()
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        wire.read_request()
        wire.send(b"cd")
        wire.read_head()

    peer, make = open_both(script)
    with peer:
        transport = make(peer.origin)
        body = transport.exchange(HEAD, b"x", stream=True).body
        assert body.read(2) == b"ab"
        result = fork(body.read)()
        what = "the body was closed before its end"
        assert result == f"{ConnectionClosedError.__name__}: {transport.peer}: {what}"
        assert body._connection.send(HEAD + b"y")
        assert body.read() == b"cd"
        transport.close()


def test_a_lock_that_another_thread_held_does_not_hold_the_child(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    asked, go = threading.Event(), threading.Event()

    def script(wire: Wire) -> None:
        while wire.read_request()[0]:
            if not asked.is_set():
                asked.set()
                go.wait(CHILD_LIMIT_S)
            wire.answer()

    with Peer(script) as peer:
        edge = edgemote.connect(
            SagemakerEdgeManager,
            region="us-west-2",
            endpoint_url=peer.origin,
            credentials=edgemote.Credentials("AKIA", "secret"),
        )

        def beat() -> None:
            edge.send_heartbeat(AgentVersion="1.0", DeviceName="d", DeviceFleetName="f")

        with closing(edge), edge._call.rules.quota._lock:
            thread = threading.Thread(target=beat)
            thread.start()
            assert asked.wait(30)
            child = fork(lambda: (beat(), edge._call.rules.quota.acquire(1)))
            try:
                assert child() == (None, True)
            finally:
                go.set()
                thread.join()


def test_a_fetch_of_credentials_in_another_thread_does_not_hold_the_child():
    parent, asked, go = os.getpid(), threading.Event(), threading.Event()

    def fetch(now_s: float):
        if os.getpid() == parent:
            asked.set()
            go.wait(CHILD_LIMIT_S)
        return edgemote.Credentials(f"AKIA{os.getpid() == parent}", "secret"), now_s + 3600

    provider = Refreshing(fetch)
    thread = threading.Thread(target=provider.get, args=(0.0,))
    thread.start()
    assert asked.wait(30)
    child = fork(lambda: provider.get(0.0).access_key_id)
    try:
        assert child() == "AKIAFalse"
    finally:
        go.set()
        thread.join()
    assert provider.get(0.0).access_key_id == "AKIATrue"


def test_transports_that_are_gone_are_not_remembered():
    from edgemote.http import connection

    before = len(connection._left_at_fork)
    kept = [Transport("http://h") for _ in range(10)]
    assert len(connection._left_at_fork) == before + 10
    del kept
    assert len(connection._left_at_fork) == before


def test_jitter_differs_between_parent_and_child():
    from edgemote.retry import draw_fraction

    child = fork(lambda: [draw_fraction() for _ in range(4)])()
    assert set(child).isdisjoint(draw_fraction() for _ in range(4))


def test_it_costs_no_import():
    code = "import sys, edgemote.http.transport; print('weakref' in sys.modules)"
    bare = "import sys, select, _socket, _ssl; print('weakref' in sys.modules)"

    def run(text):
        return subprocess.run(
            [sys.executable, "-S", "-c", text],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout

    assert run(code) == run(bare)
