"""The time of a device that signs nothing: what its services' Dates say, and how far they count."""

import datetime
import shutil
import ssl
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import edgemote
from aws.iot_data import IoTDataPlane
from aws.timestamps import parse_http_date
from aws_home import aws_home
from edgemote.clock import PROOF_S, SKEW_THRESHOLD_S, Clock
from edgemote.credentials.client_certificate import ClientCertificate
from edgemote.http import dates
from edgemote.http.mutual_tls import (
    DOUBT_S,
    FAILURES_LIMIT,
    MutualTlsTransport,
    take_date,
    weigh_date,
)
from edgemote.http.tls import client_context

from .mutual_tls_peer import BOTH, Device, MutualTlsPeer, answer
from .test_dates import Family, load_identity

HOUR_S, DAY_S, YEAR_S = 3600.0, 86_400.0, 365 * 86_400.0
BEAT = {"topic": "edgemote/cam-7/heartbeat", "qos": 1, "payload": b'{"a": 1}'}
NOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def days(count):
    return NOW + datetime.timedelta(days=count)


class Board:
    """A device whose clock is so far ahead; its connections are to one peer."""

    def __init__(self, peer, tmp_path):
        device = Device(tmp_path, peer.devices)
        device.renew()
        self.files = device.files
        self.ca_file = str(tmp_path / "ca.pem")
        peer.authority.cert_pem.write_to_path(self.ca_file)
        self.peer = peer
        self.ahead_s = 0.0
        self.slept_s = 0.0
        self.clock = Clock(
            lambda: time.time() + self.ahead_s, lambda: time.monotonic() + self.slept_s, 0.0
        )
        with aws_home():
            self.client = edgemote.connect(
                IoTDataPlane,
                endpoint_url=peer.url,
                ca_file=self.ca_file,
                credentials=edgemote.ClientCertificate(*self.files),
                clock=self.clock,
                retries=0,
                connect_timeout_s=60,
            )

    def publish(self):
        """Status of a call."""
        try:
            self.client.publish(**BEAT)
        except edgemote.ServiceError as error:
            return error.status
        return 200

    def error_s(self):
        return self.clock.now() - time.time()


@pytest.fixture
def board(request, tmp_path):
    with MutualTlsPeer(getattr(request, "param", "1.3")) as peer:
        board = Board(peer, tmp_path)
        with board.client:
            yield board


both_versions = pytest.mark.parametrize("board", BOTH, indirect=True)


@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden", "404 Not Found", "503 No"])
@pytest.mark.parametrize("off_s", [0.0, SKEW_THRESHOLD_S - 20, 20 - SKEW_THRESHOLD_S])
def test_a_date_that_agrees_proves_the_time(board, status, off_s):
    board.peer.respond = lambda _: answer(off_s, status=status)
    assert board.publish() == int(status[:3])
    assert board.clock.proven
    assert not board.clock.synced
    assert abs(board.clock.proven_s() - time.time()) < 60
    assert board.peer.accepted == 1


@pytest.mark.parametrize("date", ["", "soon", "Tue, 31 Feb 2026 00:00:00 GMT", "0"])
def test_a_response_without_a_date_proves_nothing(board, date):
    board.peer.respond = lambda _: answer(date=date)
    assert [board.publish() for _ in range(2)] == [200, 200]
    assert not board.clock.proven
    assert not board.clock.synced
    assert board.peer.accepted == 1


@both_versions
@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden"])
@pytest.mark.parametrize("ahead_s", [-3 * DAY_S, -SKEW_THRESHOLD_S - 60, 30 * DAY_S])
def test_a_date_that_disagrees_is_taken_and_the_next_call_proves_it(board, ahead_s, status):
    board.peer.respond = lambda _: answer(status=status)
    board.ahead_s = ahead_s
    board.publish()
    assert abs(board.error_s()) < 60
    assert (board.clock.synced, board.clock.proven) == (True, False)
    board.publish()
    assert board.clock.proven
    board.publish()
    # The proof came over another connection, which goes on.
    assert [seen.connection for seen in board.peer.seen] == [1, 2, 2]


@pytest.mark.parametrize("behind_s", [30.0, SKEW_THRESHOLD_S - 20])
def test_a_clock_that_goes_on_from_before_a_restart_is_synced_by_a_date_that_agrees(
    board, behind_s
):
    """It is behind by as long as the restart took, though not by so much that a signature would be
    refused.
    """
    board.ahead_s = 5.0 - time.time()
    board.clock.recall(time.time() - behind_s)
    board.peer.respond = lambda _: answer()
    assert board.clock.judges()
    assert board.clock.resumed
    assert board.publish() == 200
    assert (board.clock.resumed, board.clock.proven) == (False, True)
    assert abs(board.error_s()) < 15


def test_a_handshake_that_has_the_clock_go_on_from_before_a_restart(board):
    board.ahead_s = 5.0 - time.time()
    board.clock.recall(time.time() - 60)
    board.peer.respond = lambda _: answer()
    assert board.publish() == 200
    assert (board.clock.resumed, board.clock.proven) == (False, True)
    assert abs(board.error_s()) < 15


@both_versions
def test_a_board_in_1970(board):
    """Its service's certificate is not good yet; to ask for the time it shows its own. OpenSSL asks
    this machine, so the service is of a later time.
    """
    later_s = 30 * YEAR_S
    board.peer.validity = {"not_before": days(30 * 365 - 30), "not_after": days(30 * 365 + 30)}
    board.peer.respond = lambda _: answer(later_s)
    board.ahead_s = 5.0 - time.time()
    assert board.publish() == 200
    assert abs(board.error_s() - later_s) < 60
    assert board.clock.proven
    assert [seen.line.split()[0] for seen in board.peer.seen] == ["HEAD", "POST"]
    assert {seen.serial for seen in board.peer.seen} != {None}


def test_a_board_whose_clock_jumps_is_proven_again(board):
    board.publish()
    board.ahead_s = 7 * DAY_S
    board.publish()
    assert abs(board.error_s()) < 60
    board.publish()
    assert board.clock.proven


@pytest.mark.parametrize("off_s", [60 * DAY_S, -60 * DAY_S])
def test_a_date_that_the_certificates_contradict_is_not_taken(board, off_s):
    board.peer.validity = {"not_before": days(-30), "not_after": days(30)}
    board.peer.respond = lambda _: answer(off_s)
    for _ in range(3):
        assert board.publish() == 200
    assert not board.clock.synced
    assert not board.clock.proven
    assert board.clock.vouched
    assert abs(board.error_s()) < 1
    assert board.peer.accepted == 2  # looked into once, ...
    board.slept_s = DOUBT_S + 1
    assert board.publish() == 200
    assert board.peer.accepted == 3  # ... and once an hour
    board.peer.respond = lambda _: answer()
    board.publish()
    assert board.clock.proven


def test_what_it_cannot_look_into_is_looked_into_the_next_time(board):
    board.ahead_s = -3 * DAY_S
    board.peer.hangs_up = lambda number: number == 2
    assert board.publish() == 200
    assert not board.clock.synced
    assert not board.clock.vouched
    assert board.publish() == 200
    assert board.clock.synced
    assert board.peer.accepted == 3


def test_what_it_never_can_look_into_holds_up_nobody(board):
    board.ahead_s = -3 * DAY_S
    board.peer.hangs_up = lambda number: number > 1
    for _ in range(FAILURES_LIMIT):
        assert not board.clock.vouched
        assert board.publish() == 200
    assert board.clock.vouched
    assert not board.clock.synced


@pytest.mark.parametrize("kind", ["built", "proven", "recalled"])
def test_no_date_leads_behind_the_floor(board, kind):
    clock = Clock(earliest_s=time.time() - HOUR_S if kind == "built" else 0.0)
    if kind == "proven":
        clock.prove(clock.now())
    elif kind == "recalled":
        clock.recall(clock.now())
    with aws_home():
        client = edgemote.connect(
            IoTDataPlane,
            endpoint_url=board.peer.url,
            ca_file=board.ca_file,
            credentials=edgemote.ClientCertificate(*board.files),
            clock=clock,
        )
    board.peer.respond = lambda _: answer(-HOUR_S - 60)
    with client:
        for _ in range(3):
            client.publish(**BEAT)
    assert not clock.synced
    assert abs(clock.now() - time.time()) < 1
    assert board.peer.accepted == 1


def test_one_wrong_front_end_of_many_proves_nothing(board):
    board.publish()
    board.peer.respond = lambda seen: answer(9 * DAY_S if seen.connection == 1 else 0.0)
    board.publish()
    assert (board.clock.synced, board.clock.proven) == (True, False)
    assert abs(board.clock.proven_s() - time.time()) < 60
    board.publish()
    assert abs(board.error_s()) < 60
    board.publish()
    assert board.clock.proven


def test_a_slow_call_proves_nothing(board):
    def respond(_):
        board.ahead_s += PROOF_S + 60
        return answer(board.ahead_s)

    board.peer.respond = respond
    board.publish()
    assert not board.clock.proven
    assert not board.clock.synced


def test_dates_of_one_day_are_read_as_those_of_any_other(board):
    texts = [
        "Sun, 06 Nov 2033 23:59:60 GMT",  # a leap second
        "Sun, 06 Nov 2033 08:49:37 GMT",
        "Sun, 06 Nov 2033 23:59:60 GMT",
        "Sun, 06 Nov 2033 00:00:00 GMT",
        "Sun, 06 Nov 2033 08:49:xx GMT",
        "Sun, 06 Nov 2033 8:49:37 GMT",
        "Sunday, 06-Nov-33 08:49:37 GMT",
        "Sun Nov  6 08:49:37 2033",
        "Mon, 07 Nov 2033 08:49:37 GMT",
        "Tue, 29 Feb 2033 08:49:37 GMT",
        "",
    ]
    board.publish()
    (transport,) = board.client._call._transports.values()
    assert [transport._read_date(text) for text in texts] == [*map(parse_http_date, texts)]


def test_who_may_not_sync_proves_nothing(board):
    for may_sync in (False, True):
        transport = MutualTlsTransport(
            board.peer.url,
            certificate=edgemote.ClientCertificate(*board.files),
            tls=lambda protocol: client_context(
                board.ca_file, cert_file=board.files[0], key_file=board.files[1]
            ),
            clock=board.clock,
            may_sync=may_sync,
        )
        transport.exchange(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", method="GET")
        transport.close()
        assert board.clock.proven is may_sync


@both_versions
@pytest.mark.parametrize("ahead_s", [0.0, -3 * DAY_S])
def test_of_twins_that_are_sent_the_good_one_counts(board, tmp_path, ahead_s, monkeypatch):
    """OpenSSL, which does not look at dates then, takes the twin that has expired, or one whose
    issuer nobody knows; so there is another connection, which shows the certificate as well.
    """
    family = Family(tmp_path)
    chain = family.chain("good", ["foreign", "good"])
    own = load_identity(tmp_path, chain, family.leafs["good"][1])
    own.minimum_version = own.maximum_version = board.peer.context().minimum_version
    board.peer.devices.configure_trust(own)
    own.verify_mode = ssl.CERT_REQUIRED
    own.set_alpn_protocols(["x-amzn-http-ca"])
    board.peer.context = lambda: own
    shutil.copy(family.ca_file(["old", "good"]), board.ca_file)
    monkeypatch.setitem(ClientCertificate.protocols, board.peer.port, "x-amzn-http-ca")
    board.ahead_s = ahead_s
    if not ahead_s:
        board.clock.sync(time.time())  # by whose time we judge ourselves
    for _ in range(2):
        assert board.publish() == 200
    assert abs(board.error_s()) < 60
    assert board.clock.proven
    assert {seen.alpn for seen in board.peer.seen} == {"x-amzn-http-ca"}
    assert None not in {seen.serial for seen in board.peer.seen}
    # The client may end a connection itself; it is never turned away.
    reasons = {getattr(error, "reason", None) for error in board.peer.refused}
    assert "PEER_DID_NOT_RETURN_A_CERTIFICATE" not in reasons


# Whatever a service says --------------------------------------------------------------------------

BUILT_S = 1_900_000_000.0
FIRST_S = 2_000_000_000.0
# A service uses a certificate from SPARE_S after its beginning to SPARE_S before its end.
LIFETIME_S, SPARE_S = 90 * DAY_S, 15 * DAY_S
AHEAD = st.sampled_from([0.0, -60 * YEAR_S, -9 * DAY_S, 9 * DAY_S])
DRIFT = st.sampled_from([0.0, -1e-4, 1e-4])


class Simulated:
    """A board among services that are simulated; what it keeps on disk is the last proven time."""

    def __init__(self, ahead_s, drift):
        self.elapsed_s = 0.0
        self.ahead_s, self.drift = ahead_s, drift
        self.kept_s = 0.0
        self.boot()

    def boot(self):
        self.clock = Clock(
            lambda: self.right_s() + self.ahead_s,
            lambda: self.elapsed_s * (1 + self.drift),
            BUILT_S,
        )
        self.clock.recall(self.kept_s)

    def right_s(self):
        return FIRST_S + self.elapsed_s

    def call(self, off_s):
        """Whether the service is reached, whose Date is so far ahead."""
        clock, server_s = self.clock, self.right_s() + off_s
        period_s = LIFETIME_S - 2 * SPARE_S
        first_s = (self.right_s() - SPARE_S) // period_s * period_s
        last_s = first_s + LIFETIME_S
        good = first_s <= server_s <= last_s

        def ask():
            if not good:
                raise edgemote.TransportError("its own certificate is not good then")
            return server_s, False

        clock.judges()
        if not first_s <= clock.now() <= last_s and not clock.return_to_proven():
            dates.consult(clock, clock.now() > last_s, ask)
        if not first_s <= clock.now() <= last_s:
            return False
        skew_s = weigh_date(clock, server_s, clock.now())
        if skew_s is not None and good:
            take_date(clock, skew_s)
        # The next connection is accepted.
        assert first_s <= clock.now() <= last_s
        self.kept_s = max(self.kept_s, clock.proven_s() or 0.0)
        return True


class Boards(RuleBasedStateMachine):
    """A board's clock before services whose Dates are right, or wrong in every way."""

    @initialize(ahead_s=AHEAD, drift=DRIFT)
    def start(self, ahead_s, drift):
        self.board = Simulated(ahead_s, drift)
        self.proven_s = 0.0

    @rule(elapsed_s=st.floats(0.0, 30 * DAY_S))
    def wait(self, elapsed_s):
        self.board.elapsed_s += elapsed_s

    @rule()
    def reboot(self):
        self.board.boot()
        self.proven_s = self.board.kept_s

    @rule(off_s=st.floats(-LIFETIME_S, LIFETIME_S), calls=st.integers(1, 3))
    def call(self, off_s, calls):
        for _ in range(calls):
            self.board.call(off_s)

    @rule(calls=st.integers(1, 6), step_s=st.floats(-2 * PROOF_S, 2 * PROOF_S))
    def be_dragged(self, calls, step_s):
        for number in range(calls):
            self.board.call(self.board.clock.now() - self.board.right_s() + number % 2 * step_s)

    @invariant()
    def never_goes_behind_what_was_proven(self):
        clock = self.board.clock
        clock.judges()
        assert clock.now() >= self.proven_s - PROOF_S - 1e-3
        if clock.proven:
            self.proven_s = max(self.proven_s, clock.now())
        if clock.synced:
            assert clock.now() >= BUILT_S


TestBoards = Boards.TestCase


@given(
    ahead_s=AHEAD,
    drift=DRIFT,
    off_s=st.floats(60 - SPARE_S, SPARE_S - 60),
    waits=st.lists(st.tuples(st.floats(0.0, 3 * DAY_S), st.booleans()), max_size=60),
)
def test_a_service_that_is_wrong_for_ever_is_reached_for_ever(ahead_s, drift, off_s, waits):
    board = Simulated(ahead_s, drift)
    assert board.call(off_s)
    for elapsed_s, reboots in waits:
        board.elapsed_s += elapsed_s
        if reboots:
            board.boot()
        assert board.call(off_s)


@pytest.mark.parametrize("fast", [1e-4, -1e-4])
def test_the_clock_follows_a_crystal_that_is_fast_or_slow_for_years(fast):
    """Though what was proven is not left by more than PROOF_S."""
    elapsed_s = 0.0
    clock = Clock(lambda: 5.0, lambda: elapsed_s * (1 + fast), BUILT_S)
    clock.sync(BUILT_S + YEAR_S)
    while elapsed_s < 10 * YEAR_S:
        elapsed_s += DAY_S
        right_s = BUILT_S + YEAR_S + elapsed_s
        skew_s = weigh_date(clock, right_s, clock.now())
        if skew_s is not None:
            take_date(clock, skew_s)
        assert abs(clock.now() - right_s) <= SKEW_THRESHOLD_S


def test_dates_that_drag_do_not_get_behind_what_was_proven():
    """Each goes as far as it may, and is agreed with."""
    elapsed_s = 0.0
    clock = Clock(lambda: 5.0, lambda: elapsed_s, BUILT_S)
    clock.sync(BUILT_S + YEAR_S)
    clock.prove(clock.now())
    for _ in range(100):
        elapsed_s += 1.0
        for back_s in (PROOF_S - 1, 0.0):
            skew_s = weigh_date(clock, clock.now() - back_s, clock.now())
            if skew_s is not None:
                take_date(clock, skew_s)
        assert clock.now() >= BUILT_S + YEAR_S - PROOF_S
