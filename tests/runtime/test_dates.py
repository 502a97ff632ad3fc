"""Boards with a wrong clock: certificates tell it, and the clock is synced with who shows them."""

import datetime
import email.utils
import http.server
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager
from ipaddress import ip_address
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import edgemote
from edgemote import manifest
from edgemote.clock import PROOF_S, Clock
from edgemote.errors import ClockSyncedError, ConnectError
from edgemote.http import dates, sockets
from edgemote.http.certificates import read_seconds
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport

x509 = pytest.importorskip("cryptography.x509", reason="makes the certificates")
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

from aws.s3 import S3  # noqa: E402
from aws.sagemaker_edge import SagemakerEdgeManager  # noqa: E402
from aws_home import aws_home  # noqa: E402
from endpoint import Endpoint, certificates  # noqa: E402

YEAR_S = 365 * 86_400
DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}


def connect(endpoint, **arguments):
    key = endpoint.credentials
    return edgemote.connect(
        SagemakerEdgeManager,
        region=endpoint.region,
        endpoint_url=endpoint.url,
        ca_file=endpoint.ca_file,
        credentials=edgemote.Credentials(key.access_key_id, key.secret_access_key),
        **arguments,
    )


@pytest.fixture(scope="module", params=[-4, 56, 100], ids=["4 years ago", "in 56", "in 100"])
def era(request, tmp_path_factory):
    """An endpoint of another time, whose certificates are good for that time only."""
    offset_s = request.param * YEAR_S
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    middle = now + datetime.timedelta(seconds=offset_s)
    month = datetime.timedelta(days=30)
    folder = tmp_path_factory.mktemp("authority")
    certificates.make_authority(folder, middle - month, middle + month)
    with Endpoint(
        any_device=True,
        ca_directory=folder,
        clock_offset_s=offset_s,
        not_before=middle - month,
        not_after=middle + month,
    ) as endpoint:
        yield endpoint


def test_the_first_heartbeat_is_accepted_whatever_the_board_believes(era):
    clock = Clock(earliest_s=0.0)
    with connect(era, clock=clock, retries=0) as edge:
        for _ in range(2):
            edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
            edge.close()
    assert abs(clock.now() - era.now_s()) < 60
    seen = [(row["method"], row["status"]) for row in era.store.requests()][-3:]
    # Asked once for the time; then the certificate is judged by the synced time.
    assert seen == [("HEAD", 404), ("POST", 200), ("POST", 200)]


def test_a_time_before_the_bundle_was_built_is_refused(era):
    clock = Clock(earliest_s=era.now_s() + 3600)
    with (
        connect(era, clock=clock, retries=0) as edge,
        pytest.raises(ConnectError, match="its certificate is refused: certificate"),
    ):
        edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
    assert not clock.synced


def test_another_authority_is_refused_in_every_era(era, tmp_path):
    other, _ = make_authority("other", -YEAR_S, YEAR_S)
    file = tmp_path / "other.pem"
    file.write_bytes(other.public_bytes(serialization.Encoding.PEM))
    key = era.credentials
    clock = Clock(earliest_s=0.0)
    edge = edgemote.connect(
        SagemakerEdgeManager,
        region=era.region,
        endpoint_url=era.url,
        ca_file=str(file),
        credentials=edgemote.Credentials(key.access_key_id, key.secret_access_key),
        clock=clock,
        retries=0,
    )
    with edge, pytest.raises(ConnectError, match="its certificate is refused"):
        edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
    assert not clock.synced


ZONED = "fe80::1"


# One moment for all certificates, so that those with the same validity end in the same second.
STARTED = datetime.datetime.now(datetime.timezone.utc)


def make_authority(name, first_s, last_s, issuer=None, *, leaf=False, host=None, key=None):
    """A certificate valid from first_s to last_s, counted from the start, and its key."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signer, signing_key = issuer or (None, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(STARTED + datetime.timedelta(seconds=first_s))
        .not_valid_after(STARTED + datetime.timedelta(seconds=last_s))
        .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None), critical=True)
    )
    if leaf or host:
        name = (
            x509.IPAddress(ip_address(host)) if host == ZONED else x509.DNSName(host or "localhost")
        )
        names = x509.SubjectAlternativeName([name])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signing_key, hashes.SHA256()), key


def load_identity(tmp_path, chain, key):
    """The context of a server with this key and chain."""
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(
        b"".join([private, *(one.public_bytes(serialization.Encoding.PEM) for one in chain)])
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@contextmanager
def serve(tmp_path, chain, key, answer, contexts=()):
    """A TLS server that says the same to everybody; gives (origin, requests). contexts: of its
    first connections, in place of one with this chain and key.
    """
    context = load_identity(tmp_path, chain, key)
    contexts = iter(contexts)
    listener = socket.create_server(("127.0.0.1", 0))
    requests = []

    def run():
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            try:
                with next(contexts, context).wrap_socket(raw, server_side=True) as sock:
                    if request := sock.recv(65_536):
                        requests.append(request)
                        sock.sendall(answer() if callable(answer) else answer)
            except OSError:
                continue

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}", requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def dated(now_s):
    text = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now_s))
    return f"HTTP/1.1 403 Forbidden\r\nDate: {text}\r\nContent-Length: 0\r\n\r\n".encode()


WIDE = (-9 * YEAR_S, 9 * YEAR_S)


@pytest.fixture
def chain(tmp_path):
    """Makes a transport to a server with root, intermediate and leaf of the given validities."""

    @contextmanager
    def build(leaf, answer, intermediate=WIDE, clock=None, root=WIDE):
        root = make_authority("root", *root)
        middle = make_authority("middle", *intermediate, root)
        certificate, key = make_authority("leaf", *leaf, middle, leaf=True)
        ca_file = tmp_path / "root.pem"
        ca_file.write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
        clock = clock or Clock(earliest_s=0.0)
        with serve(tmp_path, [certificate, middle[0]], key, answer) as (origin, requests):
            transport = Transport(
                origin, tls=lambda: client_context(str(ca_file)), clock=clock, connect_timeout_s=60
            )
            with closing(transport):
                yield transport, clock, requests

    return build


REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
NEXT_YEAR = (YEAR_S, 2 * YEAR_S)
LAST_YEAR = (-2 * YEAR_S, -YEAR_S)


@pytest.mark.parametrize(
    ("leaf", "root"), [(NEXT_YEAR, WIDE), (LAST_YEAR, LAST_YEAR)], ids=["behind", "ahead"]
)
def test_synced_first_then_connected_again_in_full(chain, leaf, root):
    server_s = time.time() + sum(leaf) / 2
    with chain(leaf, dated(server_s), root=root) as (transport, clock, requests):
        with pytest.raises(ClockSyncedError, match="the clock has been synced"):
            transport.exchange(REQUEST, method="GET")
        assert abs(clock.now() - server_s) < 60
        assert transport.exchange(REQUEST, method="GET").status == 403
        assert [request.split()[0] for request in requests] == [b"HEAD", b"GET"]


def test_the_question_names_no_ipv6_zone(tmp_path, monkeypatch):
    certificate, key = make_authority("own", *NEXT_YEAR, host=ZONED)
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    answer = dated(time.time() + 1.5 * YEAR_S)
    with serve(tmp_path, [certificate], key, answer) as (origin, requests):
        port = int(origin.rpartition(":")[2])
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: [row])
        transport = Transport(
            f"https://[{ZONED}%lo]:{port}",
            tls=lambda: client_context(str(ca_file)),
            clock=Clock(earliest_s=0.0),
        )
        with closing(transport), pytest.raises(ClockSyncedError):
            transport.exchange(REQUEST, method="GET")
    assert b"\r\nhost: [fe80::1]:%d\r\n" % port in requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nDate: soon\r\nContent-Length: 0\r\n\r\n",
        b"not HTTP",
        b"",
        dated(time.time()),  # the server itself says that its certificate is not good
        dated(time.time() + 3 * YEAR_S),
    ],
    ids=["no Date", "illegible Date", "no HTTP", "nothing", "before it", "after it"],
)
def test_what_teaches_no_time(chain, answer):
    with chain(NEXT_YEAR, answer) as (transport, clock, _):
        for _ in range(2):
            with pytest.raises(ConnectError, match="certificate is not yet valid") as raised:
                transport.exchange(REQUEST, method="GET")
            assert not isinstance(raised.value, ClockSyncedError)
        assert not clock.synced


def test_certificates_are_judged_by_the_synced_time(chain):
    clock = Clock(earliest_s=0.0)
    clock.sync(time.time() + 5 * YEAR_S)
    clock.prove(clock.now())
    with chain((-YEAR_S, YEAR_S), dated(time.time()), clock=clock) as (transport, _, requests):
        # OpenSSL, which asks the board, would take it.
        with pytest.raises(ConnectError, match="refused: certificate has expired"):
            transport.exchange(REQUEST, method="GET")
        assert not requests
    assert clock.now() > time.time() + 4 * YEAR_S  # what is proven does not go back


def test_a_clock_that_was_synced_but_never_proven_is_put_to_the_proof(chain):
    clock = Clock(earliest_s=0.0)
    clock.sync(time.time() + 2 * YEAR_S)
    answer = dated(time.time())
    with chain((-YEAR_S, YEAR_S), answer, clock=clock) as (transport, _, _):
        with pytest.raises(ClockSyncedError):
            transport.exchange(REQUEST, method="GET")
        assert transport.exchange(REQUEST, method="GET").status == 403
    assert abs(clock.now() - time.time()) < 60


def test_a_clock_that_leaves_what_was_proven_returns_without_asking(chain):
    wall = [time.time()]
    clock = Clock(lambda: wall[0], earliest_s=0.0)
    clock.prove(clock.now())
    wall[0] += 10 * YEAR_S
    clock.sync(wall[0])
    with chain((-YEAR_S, YEAR_S), dated(time.time() - 1e6), clock=clock) as (transport, _, seen):
        with pytest.raises(ClockSyncedError):
            transport.exchange(REQUEST, method="GET")
        assert not seen
        assert transport.exchange(REQUEST, method="GET").status == 403
    assert abs(clock.now() - time.time()) < 60


def test_a_board_that_goes_back_behind_what_was_proven_is_not_believed(chain):
    wall = [time.time()]
    clock = Clock(lambda: wall[0], earliest_s=0.0)
    clock.recall(wall[0])  # of before the restart
    wall[0] -= 2 * YEAR_S
    with chain(LAST_YEAR, dated(time.time() - 1.5 * YEAR_S), clock=clock) as (transport, _, _):
        for _ in range(3):
            with pytest.raises(ConnectError, match="refused: certificate has expired") as raised:
                transport.exchange(REQUEST, method="GET")
            assert not isinstance(raised.value, ClockSyncedError)


DAY_S = 86_400


@pytest.mark.parametrize("intermediate", [WIDE, (-9 * YEAR_S, -DAY_S)], ids=["good", "expired"])
def test_a_stolen_certificate_that_has_expired_says_nothing_to_a_right_clock(chain, intermediate):
    # Whoever has it says a time at which it was good, as often as he likes.
    answer = dated(time.time() - 10 * DAY_S)
    with chain((-YEAR_S, -2 * DAY_S), answer, intermediate) as (transport, clock, requests):
        for _ in range(5):
            with pytest.raises(ConnectError, match="certificate has expired") as raised:
                transport.exchange(REQUEST, method="GET")
            assert not isinstance(raised.value, ClockSyncedError)
    assert not clock.synced
    assert all(request.startswith(b"HEAD ") for request in requests)


@pytest.mark.parametrize("stolen", [False, True], ids=["two hosts", "one certificate for both"])
def test_two_hosts_prove_that_a_board_is_ahead(tmp_path, stolen):
    root = make_authority("root", *WIDE)
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    one = make_authority("one", *LAST_YEAR, root, leaf=True)
    other = one if stolen else make_authority("other", *LAST_YEAR, root, leaf=True)
    server_s = time.time() - 1.5 * YEAR_S
    clock = Clock(earliest_s=0.0)
    caught = []
    with (
        serve(tmp_path, [one[0]], one[1], dated(server_s)) as (first, _),
        serve(tmp_path, [other[0]], other[1], dated(server_s + 60)) as (second, _),
    ):
        for origin in (first, first, second):
            transport = Transport(origin, tls=lambda: client_context(str(ca_file)), clock=clock)
            with closing(transport), pytest.raises(ConnectError) as raised:
                transport.exchange(REQUEST, method="GET")
            caught.append(type(raised.value))
    assert caught == [ConnectError, ConnectError, ConnectError if stolen else ClockSyncedError]
    assert clock.synced is not stolen


def test_an_authority_that_is_its_own_servers_certificate_is_one_witness(tmp_path):
    certificate, key = make_authority("own", *LAST_YEAR, leaf=False, host="localhost")
    ca_file = tmp_path / "own.pem"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    clock = Clock(earliest_s=0.0)
    with serve(tmp_path, [certificate], key, dated(time.time() - 1.5 * YEAR_S)) as (origin, _):
        transport = Transport(origin, tls=lambda: client_context(str(ca_file)), clock=clock)
        for _ in range(2):
            with pytest.raises(ConnectError, match="certificate has expired"):
                transport.exchange(REQUEST, method="GET")
    assert not clock.synced


MOMENTS = st.integers(-20, 20).map(lambda years: 2_000_000_000.0 + years * YEAR_S)


@given(
    board_s=st.one_of(st.just(5.0), MOMENTS),
    now_s=MOMENTS,
    built_s=MOMENTS,
    proven_s=st.one_of(st.just(0.0), MOMENTS),
    answer_s=MOMENTS,
    expired=st.booleans(),
    synced=st.booleans(),
    proven=st.booleans(),
    ahead=st.booleans(),
)
def test_the_table(board_s, now_s, built_s, proven_s, answer_s, expired, synced, proven, ahead):
    floor_s = max(built_s, proven_s)
    if not synced:
        now_s = board_s
    bound_s = dates.find_bound(
        expired=expired,
        now_s=now_s,
        board_s=board_s,
        floor_s=floor_s,
        synced=synced,
        proven=proven,
        ahead=ahead,
    )
    if bound_s is not None and answer_s >= bound_s:
        # Never before what was proven, nor before the bundle was built.
        assert answer_s >= floor_s
        if board_s >= floor_s and now_s >= floor_s and answer_s < board_s - PROOF_S:
            # The board may be right: what goes behind it has more than one witness, or is what
            # was synced so.
            assert ahead or not expired
            assert expired or now_s < board_s
        if proven and now_s >= floor_s:
            assert answer_s >= now_s
    elif answer_s >= floor_s and not proven:
        # A board that cannot be right gets through, and so does one that is proven to be ahead.
        assert now_s >= floor_s
        assert not (expired and ahead)


BUILT_S = 1_900_000_000.0


class Boards(RuleBasedStateMachine):
    """A board's clock among honest servers and one that shows certificates of other times."""

    @initialize(ahead_s=st.sampled_from([0.0, 0.0, -60 * YEAR_S, -YEAR_S, YEAR_S, 10 * YEAR_S]))
    def boot(self, ahead_s):
        self.right_s = 2_000_000_000.0
        self.ahead_s = ahead_s
        self.clock = Clock(lambda: self.right_s + self.ahead_s, lambda: self.right_s - 1e9, BUILT_S)
        self.proven_s = 0.0

    @rule(elapsed_s=st.floats(0.0, YEAR_S))
    def wait(self, elapsed_s):
        self.right_s += elapsed_s

    @rule()
    def reboot(self):
        self.clock = Clock(lambda: self.right_s + self.ahead_s, lambda: self.right_s - 1e9, BUILT_S)
        self.clock.recall(self.proven_s)

    def error_s(self):
        self.clock.judges()
        return self.clock.now() - self.right_s

    @rule(expired=st.booleans(), off_s=st.floats(-30 * YEAR_S, 30 * YEAR_S))
    def meet_a_liar(self, expired, off_s):
        """It has one certificate, that expired or is not good yet, and says what it likes."""
        self.clock.judges()
        # By the dates of a certificate, what it says is before our time or after it.
        off_s = -abs(off_s) if expired else abs(off_s)
        if not self.clock.return_to_proven():
            dates.consult(self.clock, expired, lambda: (self.clock.now() + off_s, False))

    @rule()
    def meet_the_service(self):
        """Its certificate is good for a month, and it has a second one to prove it with."""
        error_s = self.error_s()
        if abs(error_s) > 30 * DAY_S and not self.clock.return_to_proven():
            ahead = self.ahead_s > 30 * DAY_S
            dates.consult(self.clock, error_s > 0, lambda: (self.right_s, ahead))
        # Then a signature that is refused says it to the minute.
        if abs(self.error_s()) > PROOF_S / 3:
            assert self.clock.sync(self.right_s)
        assert abs(self.error_s()) <= PROOF_S / 3
        self.clock.prove(self.clock.now())
        self.proven_s = self.clock.now()

    @invariant()
    def never_falls_behind(self):
        self.clock.judges()
        assert self.clock.now() >= self.proven_s - PROOF_S
        if self.clock.synced:
            assert self.clock.now() >= BUILT_S
        if self.ahead_s == 0.0:  # the board is right
            assert self.clock.now() >= self.right_s - PROOF_S


TestBoards = Boards.TestCase


def test_synced_time_goes_forward(chain):
    clock = Clock(earliest_s=0.0)
    clock.sync(time.time())
    server_s = time.time() + 1.5 * YEAR_S
    with chain(NEXT_YEAR, dated(server_s), clock=clock) as (transport, _, _):
        with pytest.raises(ClockSyncedError):
            transport.exchange(REQUEST, method="GET")
        assert transport.exchange(REQUEST, method="GET").status == 403
    assert abs(clock.now() - server_s) < 60


def test_without_a_clock_nothing_is_synced(chain):
    with chain(NEXT_YEAR, dated(time.time() + 1.5 * YEAR_S)) as (transport, _, requests):
        transport._clock = None
        with pytest.raises(ConnectError, match="certificate is not yet valid"):
            transport.exchange(REQUEST, method="GET")
        assert not requests


def test_openssls_dates():
    assert read_seconds("Jan  1 00:00:00 1970 GMT") == 0
    assert read_seconds("Jun 11 12:30:09 2096 GMT") == 3_990_256_209
    with pytest.raises(ssl.SSLCertVerificationError):
        read_seconds("yesterday")


def test_the_earliest_time_is_when_the_bundle_was_built(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "own_folder", lambda: str(tmp_path))
    assert manifest.read_build_time() == 0.0
    built = '{\n "built": 1764000000,\n "edgemote": "0.1.0"\n}'
    for text, expected in ((built, 1_764_000_000.0), (built.replace("1764", "x"), 0.0)):
        (tmp_path / "manifest.json").write_text(text)
        assert manifest.read_build_time() == expected
    (tmp_path / "manifest.json").write_text(built)
    clock = Clock()
    assert not clock.sync(1_763_999_999.0)
    assert clock.sync(1_764_000_000.0)


# What was not judged carries nothing --------------------------------------------------------------


@contextmanager
def serve_and_keep(tmp_path, chain, key, date=None):
    """A TLS server that keeps its connections, whatever it is asked; gives (origin, requests)."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            requests.append((self.command, self.headers))
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response_only(200)
            if date is not None:
                self.send_header("Date", email.utils.formatdate(date(), usegmt=True))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.close_connection = False
            if self.command != "HEAD":
                self.wfile.write(b"{}")

        do_HEAD = do_GET = do_POST = answer  # noqa: N815

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def finish_request(self, request, address):
            try:
                with context.wrap_socket(request, server_side=True) as sock:
                    super().finish_request(sock, address)
            except OSError:
                pass  # the client turned away

    context = load_identity(tmp_path, chain, key)
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def call(origin, ca_file, keys):
    with edgemote.connect(
        SagemakerEdgeManager,
        region="us-west-2",
        endpoint_url=origin,
        ca_file=ca_file,
        credentials=keys,
        retries=0,
    ) as edge:
        for _ in range(5):
            with pytest.raises(ConnectError, match="its certificate is refused"):
                edge.send_heartbeat(AgentVersion="1.0", **DEVICE)


def download(origin, ca_file, keys):
    with edgemote.connect(
        S3,
        region="us-west-2",
        endpoint_url=origin,
        ca_file=ca_file,
        credentials=keys,
        retries=0,
    ) as s3:
        for _ in range(5):
            with pytest.raises(ConnectError, match="its certificate is refused"):
                s3.get_object(Bucket="models", Key="snow")


def ask_container(origin, ca_file, _):
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{origin}/keys",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token-of-the-container",
    }
    with (
        aws_home(environ),
        edgemote.connect(
            SagemakerEdgeManager,
            region="us-west-2",
            endpoint_url=origin,
            ca_file=ca_file,
            retries=0,
        ) as edge,
    ):
        for _ in range(5):
            with pytest.raises((edgemote.CredentialsError, ConnectError)):
                edge.send_heartbeat(AgentVersion="1.0", **DEVICE)


@pytest.mark.parametrize("date", [None, time.time], ids=["no Date", "Date"])
@pytest.mark.parametrize("leaf", [NEXT_YEAR, LAST_YEAR], ids=["not yet valid", "expired"])
@pytest.mark.parametrize("use", [call, download, ask_container])
def test_a_right_clock_never_takes_a_certificate_of_another_time(tmp_path, leaf, date, use):
    root = make_authority("root", -9 * YEAR_S, 9 * YEAR_S)
    certificate, key = make_authority("leaf", *leaf, root, leaf=True)
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    keys = edgemote.Credentials("AKID", "secret")
    with serve_and_keep(tmp_path, [certificate], key, date) as (origin, requests):
        use(origin, str(ca_file), keys)
    # The server was willing to keep each of these connections; not one carried more.
    assert {method for method, _ in requests} <= {"HEAD"}
    assert not any("authorization" in headers for _, headers in requests)


# Who sets the clock -------------------------------------------------------------------------------

SKEWED = b"<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>"


def refused(now_s, body=SKEWED, *, status="403 Forbidden"):
    text = email.utils.formatdate(now_s, usegmt=True)
    head = f"HTTP/1.1 {status}\r\nDate: {text}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def store_answering(tmp_path, answer):
    """Gives (the address of an S3 whose certificate is good, its CA file, its requests)."""
    root = make_authority("root", *WIDE)
    certificate, key = make_authority("leaf", -YEAR_S, YEAR_S, root, leaf=True)
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    with serve(tmp_path, [certificate], key, answer) as (origin, requests):
        yield origin, str(ca_file), requests


def connect_store(origin, ca_file, **options):
    return edgemote.connect(
        S3,
        region="us-west-2",
        endpoint_url=origin,
        ca_file=ca_file,
        credentials=edgemote.Credentials("AKID", "secret"),
        retries=0,
        **options,
    )


def test_a_store_sets_no_clock_but_its_own(tmp_path):
    server_s = time.time() + 2 * YEAR_S
    clock = Clock()
    with store_answering(tmp_path, refused(server_s)) as (origin, ca_file, requests):
        with (
            connect_store(origin, ca_file, clock=clock) as s3,
            pytest.raises(edgemote.ServiceError, match="RequestTimeTooSkewed"),
        ):
            s3.get_object(Bucket="models", Key="snow")
        # It is signed for as it likes.
        now, then = (
            time.strftime("x-amz-date: %Y", time.gmtime(at)) for at in (time.time(), server_s)
        )
        assert now.encode() in requests[0].lower()
        assert then.encode() in requests[1].lower()
        assert not clock.synced
        # Other clients of this clock go on, and so does this one, over new connections.
        with (
            connect_store(origin, ca_file, clock=clock) as s3,
            pytest.raises(edgemote.ServiceError, match="RequestTimeTooSkewed"),
        ):
            s3.get_object(Bucket="models", Key="snow")


def test_a_store_with_a_certificate_of_another_time_sets_no_clock(tmp_path):
    root = make_authority("root", *WIDE)
    certificate, key = make_authority("leaf", *NEXT_YEAR, root, leaf=True)
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    clock = Clock()
    answer = dated(time.time() + 1.5 * YEAR_S)
    with (
        serve(tmp_path, [certificate], key, answer) as (origin, requests),
        connect_store(origin, str(ca_file), clock=clock) as s3,
        pytest.raises(ConnectError, match="certificate is not yet valid"),
    ):
        s3.get_object(Bucket="models", Key="snow")
    assert not requests
    assert not clock.synced


def test_a_wrong_date_of_the_service_does_not_last(tmp_path):
    wrong = iter([b'{"__type": "RequestTimeTooSkewed"}'] * 2)

    def answer():
        if body := next(wrong, b""):
            return refused(time.time() + 2 * YEAR_S, body)
        return refused(time.time(), b"{}", status="200 OK")

    clock = Clock()
    with (
        store_answering(tmp_path, answer) as (origin, ca_file, _),
        edgemote.connect(
            SagemakerEdgeManager,
            region="us-west-2",
            endpoint_url=origin,
            ca_file=ca_file,
            credentials=edgemote.Credentials("AKID", "secret"),
            retries=0,
            clock=clock,
        ) as edge,
    ):
        # Two years ahead, where the service's own certificate is not good any more.
        with pytest.raises(ConnectError):
            edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
        edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
    assert abs(clock.now() - time.time()) < 60


@pytest.mark.parametrize("code", ["400 Bad Request", "401 Unauthorized", "403 Forbidden"])
def test_a_refusal_without_a_body_is_judged_by_its_date(tmp_path, code):
    answers = iter([refused(time.time() + 3600, b"", status=code)])
    content = refused(time.time() + 3600, b"", status="200 OK")
    with (
        store_answering(tmp_path, lambda: next(answers, content)) as (origin, ca_file, requests),
        connect_store(origin, ca_file) as s3,
    ):
        s3.head_object(Bucket="models", Key="snow")
    assert len(requests) == 2


def test_a_bare_refusal_that_is_right_on_time_is_one(tmp_path):
    with (
        store_answering(tmp_path, lambda: refused(time.time(), b"")) as (origin, ca_file, requests),
        connect_store(origin, ca_file) as s3,
        pytest.raises(edgemote.ServiceError),
    ):
        s3.head_object(Bucket="models", Key="snow")
    assert len(requests) == 1


def test_a_bare_refusal_is_judged_once(tmp_path):
    answer = refused(time.time() + 3600, b"")
    with (
        store_answering(tmp_path, answer) as (origin, ca_file, requests),
        connect_store(origin, ca_file) as s3,
        pytest.raises(edgemote.ServiceError),
    ):
        s3.head_object(Bucket="models", Key="snow")
    assert len(requests) == 2


# Twins --------------------------------------------------------------------------------------------


class Family:
    """Two roots of the same name and key, two such intermediates, and a leaf; `era_s` from now. The
    good leaf ends `outlives_s` after its authorities.
    """

    OLD, GOOD = (-8 * YEAR_S, -YEAR_S), (-YEAR_S, YEAR_S)

    def __init__(self, tmp_path, era_s=0.0, outlives_s=0.0):
        self.folder = tmp_path
        at = {
            name: (first_s + era_s, last_s + era_s)
            for name, (first_s, last_s) in (("old", self.OLD), ("good", self.GOOD))
        }
        root = make_authority("root", *at["old"])
        self.roots = {"old": root, "good": make_authority("root", *at["good"], key=root[1])}
        middle = make_authority("middle", *at["old"], root)
        self.middles = {
            "old": middle,
            "good": make_authority("middle", *at["good"], root, key=middle[1]),
            # By an authority that nobody here knows.
            "foreign": make_authority(
                "middle", *at["old"], make_authority("elsewhere", *at["old"]), key=middle[1]
            ),
        }
        leaf = make_authority("leaf", *at["old"], middle, leaf=True)
        self.leafs = {
            "old": leaf,
            "good": make_authority(
                "leaf",
                at["good"][0],
                at["good"][1] + outlives_s,
                middle,
                leaf=True,
                key=leaf[1],
            ),
        }

    def ca_file(self, names):
        file = self.folder / "roots.pem"
        pems = (self.roots[name][0].public_bytes(serialization.Encoding.PEM) for name in names)
        file.write_bytes(b"".join(pems))
        return str(file)

    def chain(self, leaf, middles):
        return [self.leafs[leaf][0], *(self.middles[name][0] for name in middles)]


ORDERS = [("good",), ("old",), ("old", "good"), ("good", "old")]
SENT = [*ORDERS, ("foreign", "good"), ("good", "foreign"), ("foreign", "old", "good")]


def reaches(origin, ca_file, clock):
    transport = Transport(origin, tls=lambda: client_context(ca_file), clock=clock)
    with closing(transport):
        try:
            transport.exchange(REQUEST, method="GET")
        except ConnectError as error:
            refused = isinstance(error.__cause__, ssl.SSLCertVerificationError)
            return not refused and str(error)
    return True


@pytest.mark.parametrize("leaf", ["good", "old"])
@pytest.mark.parametrize("middles", [*SENT, ("foreign",), ()], ids="-".join)
def test_chains_are_judged_as_openssl_does_with_the_right_time(tmp_path, leaf, middles):
    family = Family(tmp_path)
    answer = dated(time.time())
    chain = family.chain(leaf, middles)
    with serve(tmp_path, chain, family.leafs[leaf][1], answer) as (origin, requests):
        for roots in ORDERS:
            ca_file = family.ca_file(roots)
            # The board is right, so OpenSSL by itself is, too.
            expected = reaches(origin, ca_file, None)
            assert expected == (leaf == "good" and "good" in middles and "good" in roots)
            clock = Clock(lambda: 5.0, earliest_s=0.0)
            clock.sync(time.time())
            clock.prove(clock.now())
            asked = len(requests)
            assert reaches(origin, ca_file, clock) is expected, (roots, middles)
            assert len(requests) == asked + expected


@pytest.mark.parametrize("outlives_s", [0.0, DAY_S])
@pytest.mark.parametrize("middles", SENT[2:], ids="-".join)
@pytest.mark.parametrize("roots", ORDERS[2:], ids="-".join)
def test_a_board_in_1970_finds_the_twin_that_is_good(tmp_path, roots, middles, outlives_s):
    # OpenSSL asks this machine, so the family is of a later time.
    family = Family(tmp_path, 30 * YEAR_S, outlives_s)
    server_s = time.time() + 30 * YEAR_S
    clock = Clock(lambda: 5.0, earliest_s=0.0)
    chain = family.chain("good", middles)
    with serve(tmp_path, chain, family.leafs["good"][1], dated(server_s)) as (origin, requests):
        transport = Transport(
            origin, tls=lambda: client_context(family.ca_file(roots)), clock=clock
        )
        with closing(transport):
            with pytest.raises(ClockSyncedError):
                transport.exchange(REQUEST, method="GET")
            for _ in range(2):
                assert transport.exchange(REQUEST, method="GET").status == 403
    assert abs(clock.now() - server_s) < 60
    assert [request.split()[0] for request in requests] == [b"HEAD", b"GET", b"GET"]


def test_what_a_peer_sends_is_no_authority(tmp_path):
    """Its first connection shows a chain with a twin that has expired, and an authority of its own
    among what is sent along; the next shows what that one signed.
    """
    family = Family(tmp_path)
    for name in ("root", "ROOT", "evil"):
        evil = make_authority(name, -YEAR_S, YEAR_S)
        forged, key = make_authority("leaf", -YEAR_S, YEAR_S, evil, leaf=True)
        first = [*family.chain("good", ["old"]), evil[0], family.middles["good"][0]]
        contexts = iter(
            [load_identity(tmp_path, first, family.leafs["good"][1])]
            + [load_identity(tmp_path, chain, key) for chain in ([forged], [forged, evil[0]])]
        )
        clock = Clock(lambda: 5.0, earliest_s=0.0)
        clock.sync(time.time())
        clock.prove(clock.now())
        with serve(tmp_path, [forged], key, dated(time.time()), contexts) as (origin, requests):
            for _ in range(3):
                assert not reaches(origin, family.ca_file(["good"]), clock)
        assert not requests


def test_who_is_shown_the_twin_is_shown_the_devices_certificate_too(tmp_path):
    family = Family(tmp_path, 30 * YEAR_S)
    owner = make_authority("owner", -YEAR_S, YEAR_S)
    device, key = make_authority("device", -YEAR_S, YEAR_S, owner, leaf=True)
    load_identity(tmp_path, [device], key)
    own = tmp_path / "device.pem"
    (tmp_path / "server.pem").rename(own)
    context = load_identity(
        tmp_path, family.chain("good", ["old", "good"]), family.leafs["good"][1]
    )
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=owner[0].public_bytes(serialization.Encoding.PEM).decode())
    ca_file = family.ca_file(["old", "good"])
    clock = Clock(lambda: 5.0, earliest_s=0.0)
    clock.sync(time.time() + 30 * YEAR_S)
    with serve(tmp_path, [device], key, dated(time.time()), repeat(context)) as (origin, _):
        transport = Transport(
            origin, tls=lambda: client_context(ca_file, cert_file=str(own)), clock=clock
        )
        with closing(transport):
            assert transport.exchange(REQUEST, method="GET").status == 403
