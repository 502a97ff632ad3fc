"""TLS sessions: resumed with the next connection, where nothing that was verified has changed."""

from __future__ import annotations

import contextlib
import random
import ssl
import time
import types
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from edgemote import limits
from edgemote.clock import Clock
from edgemote.errors import ConnectError
from edgemote.http import certificates
from edgemote.http.certificates import learn_session, read_seconds
from edgemote.http.http1 import request_head
from edgemote.http.mutual_tls import MutualTlsTransport
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from fault_proxy import FaultProxy

from .http_peer import Peer, Wire
from .test_fork import fork

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
HEAD = request_head("POST", "/", {"Host": "h", "Content-Length": "1"})
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """One that has not learnt any session yet."""
    monkeypatch.setattr(certificates, "_learnt", 0)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def serve_tls(authority, version="1.3", names=("127.0.0.1",), **dates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = VERSIONS[version]
    authority.issue_cert(*names, **dates).configure_cert(context)
    return context


class Server(Peer):
    """Answers with the body, and tells of each connection whether it was resumed."""

    def __init__(self, context: ssl.SSLContext, requests: int = 100) -> None:
        self.resumed: list[bool] = []
        self._requests = requests
        super().__init__(self._answer, context)

    def _answer(self, wire: Wire) -> None:
        self.resumed.append(wire.sock.session_reused)
        self.version = wire.sock.version()
        for _ in range(self._requests):
            request, body = wire.read_request()
            if not request:
                return
            wire.answer(body)

    def change(self, context: ssl.SSLContext) -> None:
        self._context = context


@pytest.fixture(params=["1.2", "1.3"])
def server(request, authority):
    with Server(serve_tls(authority, request.param)) as made:
        yield made


@pytest.fixture
def connect(ca_file):
    """Make transports; close what they keep."""
    with contextlib.ExitStack() as stack:

        def make(peer: Peer, **options) -> Transport:
            options = {"connect_timeout_s": 5, "tls": lambda: client_context(ca_file), **options}
            transport = Transport(peer.origin, **options)
            stack.callback(transport.close)
            return transport

        yield make


def call(transport: Transport) -> None:
    assert transport.exchange(HEAD, b"x").body == b"x"


# Resumed


def test_the_next_connection_resumes(server, connect):
    transport = connect(server)
    for _ in range(4):
        call(transport)
        call(transport)
        transport.close()
    assert server.resumed == [False, True, True, True]


@pytest.mark.parametrize("version", VERSIONS)
def test_after_the_server_has_closed(authority, connect, version):
    """In an idle moment, as services do after a minute."""
    with Server(serve_tls(authority, version), requests=1) as server:
        transport = connect(server)
        for _ in range(3):
            call(transport)
            assert transport._kept.poll(5000)
            while transport._kept.is_idle():  # but for tickets
                assert transport._kept.poll(5000)
        assert server.resumed == [False, True, True]


def test_after_lying_idle_too_long(server, connect):
    transport = connect(server, kept_idle_s=0.0)
    call(transport)
    call(transport)
    assert server.resumed == [False, True]


def test_by_request_of_the_server(authority, connect):
    def close(wire: Wire) -> None:
        resumed.append(wire.sock.session_reused)
        wire.read_request()
        wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")

    resumed: list[bool] = []
    with Peer(close, serve_tls(authority)) as peer:
        transport = connect(peer)
        call(transport)
        call(transport)
    assert resumed == [False, True]


class Meter:
    """Notes what it is told of connections."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def connected(self) -> None:
        self.told.append("connected")

    def resumed(self) -> None:
        self.told.append("resumed")

    def sent(self, size: int) -> None: ...

    def received(self, size: int) -> None: ...


def test_a_meter_hears_of_it(server, authority, connect):
    meter = Meter()
    transport = connect(server, meter=meter)
    for _ in range(2):
        call(transport)
        transport.close()
    assert meter.told == ["connected", "connected", "resumed"]
    server.change(serve_tls(authority))  # which refuses the ticket
    call(transport)
    assert meter.told[3:] == ["connected"]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_it_saves_on_the_wire(authority, ca_file, version):
    """Bytes of both directions, certificates above all."""
    with (
        Server(serve_tls(authority, version)) as server,
        FaultProxy("127.0.0.1", server.port) as proxy,
    ):
        transport = Transport(
            f"https://127.0.0.1:{proxy.port}", tls=lambda: client_context(ca_file)
        )
        moved = [0]
        for _ in range(3):
            call(transport)
            transport.close()
            deadline = time.monotonic() + 60
            while proxy._open and time.monotonic() < deadline:
                time.sleep(0.01)
            moved.append(sum(proxy.carried.values()))
    first, second, third = (moved[at + 1] - moved[at] for at in range(3))
    assert server.resumed == [False, True, True]
    assert second <= 0.8 * first
    assert third <= 0.8 * first


def test_a_kept_connection_learns_nothing(server, connect):
    """What it costs, it costs where a connection ends."""
    transport = connect(server)
    for _ in range(3):
        call(transport)
    assert transport._session is None
    assert transport._left is None
    transport.close()
    assert transport._session is None
    assert certificates._learnt == 0


# Refused


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refused_ticket_costs_a_full_handshake(authority, connect, version):
    with Server(serve_tls(authority, version)) as server:
        transport = connect(server)
        call(transport)
        transport.close()
        server.change(serve_tls(authority, version))  # with keys of its own for tickets
        for _ in range(2):
            call(transport)
            transport.close()
        assert server.resumed == [False, False, True]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_certificate_is_verified_where_a_ticket_is_refused(authority, connect, version):
    with Server(serve_tls(authority, version)) as server:
        transport = connect(server)
        for other in (
            serve_tls(trustme.CA(), version),
            serve_tls(authority, version, ["other.example"]),
            serve_tls(authority, version, not_after=datetime.now(timezone.utc) - DAY),
        ):
            own = server._context
            call(transport)
            transport.close()
            server.change(other)
            with pytest.raises(ConnectError, match="certificate is refused"):
                call(transport)
            server.change(own)
    assert not any(server.resumed)


def test_a_server_that_cannot_resume_is_not_asked_again(authority, connect):
    """One that ends the handshake with an alert, whenever a session is offered to it."""
    context = serve_tls(authority, "1.2")
    resumed: list[bool | None] = []

    def answer(wire: Wire) -> None:
        if len(resumed) == 1:
            resumed.append(None)
            wire.sock.recv(65_536)
            wire.sock.sendall(bytes.fromhex("15030300020228"))
            return
        with context.wrap_socket(wire.sock, server_side=True) as sock:
            resumed.append(sock.session_reused)
            secure = Wire(sock)
            while secure.read_request()[0]:
                secure.answer(b"x")

    with Peer(answer) as peer:
        peer.origin = peer.origin.replace("http:", "https:")
        transport = connect(peer)
        call(transport)
        transport.close()
        with pytest.raises(ConnectError, match="TLS"):
            call(transport)
        for _ in range(2):
            call(transport)
            transport.close()
    assert resumed == [False, None, False, False]


# Never


def test_not_with_another_context(authority, ca_file, server):
    """A renewed certificate of the client's own makes one; so does another CA file."""
    transport = Transport(server.origin, tls=lambda: client_context(ca_file))
    call(transport)
    transport.close()
    transport.context = client_context(ca_file)
    call(transport)
    transport.close()
    assert server.resumed == [False, False]


def test_a_client_certificate_has_its_own_sessions(authority, ca_file, tmp_path):
    files = tmp_path / "device.pem"

    class Shown:
        cert_file, key_file, protocols = str(files), None, {}

    def renew(name: str) -> None:
        new = files.with_suffix(".new")
        authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(new))
        new.rename(files)

    seen = []

    def answer(wire: Wire) -> None:
        names = [value for _, value in wire.sock.getpeercert()["subjectAltName"]]
        seen.append((wire.sock.session_reused, *names))
        while wire.read_request()[0]:
            wire.answer(b"x")

    context = serve_tls(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    renew("first.example")
    with Peer(answer, context) as peer:
        transport = MutualTlsTransport(
            peer.origin,
            certificate=Shown(),
            tls=lambda _: client_context(ca_file, cert_file=str(files)),
        )
        for name in (None, None, "second.example", None):
            if name is not None:
                renew(name)
            call(transport)
            transport.close()
    first, second = "first.example", "second.example"
    assert seen == [(False, first), (True, first), (False, second), (True, second)]


def test_a_connection_that_nobody_judged_teaches_nothing(server, connect):
    """As the one that asks for the time: its certificate may have any date."""
    transport = connect(server)
    connection = transport.open(lambda _: None)
    assert not connection.resumable
    transport.ask_date(connection)
    assert transport._left is None
    call(transport)
    transport.close()
    assert server.resumed == [False, False]


def test_nor_is_one_resumed_where_certificates_are_asked_for(server, connect):
    """Who judges them by another time needs to see them."""
    transport = connect(server)
    call(transport)
    transport.close()
    shown = []
    transport.open(lambda tls: shown.append(tls)).close()
    assert len(shown) == 1
    call(transport)  # what was learnt before is still there
    transport.close()
    server.__exit__()
    assert sorted(server.resumed) == [False, False, True]
    assert server.resumed[0] is False


class Board:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.steady_s = 1000.0
        self.wall_s = time.time()
        self.clock = Clock(lambda: self.wall_s, lambda: self.steady_s, earliest_s=0.0)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("synced", [False, True], ids=["board's clock", "synced"])
def test_not_beyond_the_certificates_dates(authority, connect, version, synced):
    board = Board()
    if synced:
        board.clock.sync(board.wall_s)
    ends = datetime.now(timezone.utc) + 2 * DAY
    with Server(serve_tls(authority, version, not_after=ends)) as server:
        transport = connect(server, clock=board.clock, may_sync=False)
        for days in (0, 1, 3):
            board.steady_s += days * 86_400
            board.wall_s += days * 86_400
            if days == 3 and synced:
                with pytest.raises(ConnectError, match="certificate has expired"):
                    call(transport)
            else:
                call(transport)
            transport.close()
    # OpenSSL asks this machine, by whose clock it has not expired.
    assert server.resumed == [False, True, False]


def test_the_whole_chain_counts():
    class Read:
        def __init__(self, first: int, last: int) -> None:
            self._dates = first, last

        def public_bytes(self, _: int) -> bytes:
            return b""

        def get_info(self) -> dict[str, str]:
            first, last = (f"Jun {day:2} 00:00:00 2026 GMT" for day in self._dates)
            return {"notBefore": first, "notAfter": last}

    class Tls:
        session, context = "session", "context"
        get_verified_chain = staticmethod(lambda: [Read(1, 20), Read(5, 30), Read(3, 15)])

    day = read_seconds("Jun  1 00:00:00 2026 GMT")
    bounds = day + 4 * 86_400, day + 14 * 86_400, 7 + limits.SESSION_S
    assert learn_session(Tls, 7) == ("session", "context", *bounds)


def test_not_before_the_certificates_dates(authority, connect):
    """A clock that went back makes a certificate not yet valid."""
    board = Board()
    board.clock.sync(board.wall_s)
    begins = datetime.now(timezone.utc) - DAY
    with Server(serve_tls(authority, not_before=begins)) as server:
        transport = connect(server, clock=board.clock, may_sync=False)
        call(transport)
        transport.close()
        board.clock.sync(board.wall_s - 2 * 86_400)
        with pytest.raises(ConnectError, match="certificate is not yet valid"):
            call(transport)


def test_not_for_ever(server, connect):
    """A session that goes on being resumed counts from its full handshake."""
    transport = connect(server)
    for _ in range(3):
        call(transport)
        transport.close()
        if len(server.resumed) == 2:
            *known, end_s = transport._session
            assert end_s <= time.clock_gettime(time.CLOCK_BOOTTIME) + limits.SESSION_S
            transport._session = (*known, end_s - limits.SESSION_S)
    call(transport)
    assert server.resumed == [False, True, False, True]


@pytest.mark.parametrize(("leaks", "learnt"), [(True, 2), (False, 5)])
def test_a_process_learns_so_many(authority, connect, monkeypatch, leaks, learnt):
    """Older Pythons lose memory with each."""
    monkeypatch.setattr(limits, "SESSION_COUNT", 2)
    monkeypatch.setattr(certificates, "_LEAKS", leaks)
    with Server(serve_tls(authority)) as server:
        transport = connect(server)
        for _ in range(5):
            call(transport)
            transport.close()
            server.change(serve_tls(authority))  # refuses every ticket
        call(transport)
        transport.close()
    assert certificates._learnt == learnt
    assert not any(server.resumed)


@pytest.mark.parametrize("leaks", [False, True])
def test_an_aging_ticket_is_replaced_by_the_next(server, connect, monkeypatch, leaks):
    """A server forgets its tickets some time. A Python that would lose memory reads no other."""
    monkeypatch.setattr(certificates, "_LEAKS", leaks)
    transport = connect(server)

    def resume():
        call(transport)
        transport.close()
        return transport._session

    resume()
    first = resume()
    assert resume() is first
    aged_s = time.time() + first[0].ticket_lifetime_hint / 2
    monkeypatch.setattr(certificates, "time", types.SimpleNamespace(time=lambda: aged_s))
    resume()  # with its ticket comes the next one
    second = resume()
    assert (second is first) == leaks
    # The chain that was verified, and when, is that of the full handshake.
    assert second[1:] == first[1:]
    if server.version == "TLSv1.3":  # in TLS 1.2 it may come without
        assert (second[0].id == first[0].id) == leaks
    assert server.resumed == [False, True, True, True, True]
    assert certificates._learnt == (1 if leaks else 2)


def test_one_session_is_read_for_many_connections(server, connect):
    transport = connect(server)
    for _ in range(10):
        call(transport)
        transport.close()
    assert server.resumed == [False] + [True] * 9
    assert certificates._learnt == 1


def test_a_forked_child_makes_its_own(server, connect):
    transport = connect(server)
    call(transport)
    transport.close()
    call(transport)
    transport.close()
    assert fork(lambda: (transport._session, transport._left))() == (None, None)
    assert transport._session is not None


def test_dates_of_certificates():
    chance = random.Random(7)
    moments = [0, 951_782_400, 951_868_799, 4_107_542_399, 253_402_300_799]
    moments += [chance.randrange(-(2**33), 2**37) for _ in range(2000)]
    for moment in moments:
        at = datetime(1970, 1, 1) + timedelta(seconds=moment)
        text = f"{at:%b} {at.day:2} {at:%H:%M:%S} {at.year} GMT"
        assert read_seconds(text) == moment, text
    assert read_seconds("Feb 29 12:00:00 2028 GMT") == ssl.cert_time_to_seconds(
        "Feb 29 12:00:00 2028 GMT"
    )
    for text in ("", "yesterday", "Foo  1 12:00:00 2026 GMT", "Jun  1 12:00 2026 GMT"):
        with pytest.raises(ssl.SSLCertVerificationError, match="cannot be read"):
            read_seconds(text)
