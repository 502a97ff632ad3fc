"""Clocks that are wrong."""

from __future__ import annotations

from contextlib import closing
from email.utils import formatdate
from time import time

import pytest

from edgemote import (
    Clock,
    ServiceError,
)
from runtime.client.device_calls import (
    BEAT,
    connect,
    plain_client,
    seen,
)
from runtime.http_peer import Peer

YEAR_S = 365.25 * 86_400


@pytest.mark.parametrize(
    "offset_s",
    # The client's clock stands, so one that is behind comes nearer: on a slow machine it must not
    # get below the five minutes.
    [3600.0, -3600.0, 301.0, -420.0, 10 * YEAR_S, -time() + 86_400 * 2.5],
    ids=["hour-ahead", "hour-behind", "minutes-ahead", "minutes-behind", "decade", "1970"],
)
def test_a_wrong_clock_costs_one_refusal(endpoint, sleeps, offset_s):
    endpoint.clock_offset_s = offset_s
    wall = [time()]
    with connect(endpoint, clock=Clock(lambda: wall[0]), retries=0) as edge:
        edge.send_heartbeat(**BEAT)
        assert [request["signature"] for request in seen(endpoint)] == [
            "InvalidSignatureException",
            "ok",
        ]
        for jump_s in (0.0, -1e9, 1e9):
            wall[0] = time() + jump_s
            edge.send_heartbeat(**BEAT)
    assert [request["signature"] for request in seen(endpoint)][1:] == ["ok"] * 4
    assert not sleeps


def test_a_board_that_boots_in_1970_learns_the_time(endpoint, sleeps):
    clock = Clock(lambda: 12.0)
    with connect(endpoint, clock=clock) as edge:
        edge.send_heartbeat(**BEAT)
    # A Date header has whole seconds.
    assert abs(clock.now() - time()) < 60
    with connect(endpoint, clock=clock) as edge:  # shared with a second client
        edge.send_heartbeat(**BEAT)
    signatures = [request["signature"] for request in seen(endpoint)]
    assert signatures == ["InvalidSignatureException", "ok", "ok"]
    assert not sleeps


def test_a_clock_that_goes_wrong_again_is_set_again(endpoint):
    with connect(endpoint) as edge:
        for offset_s in (0.0, 7200.0, -7200.0):
            endpoint.clock_offset_s = offset_s
            edge.send_heartbeat(**BEAT)
    assert [request["signature"] for request in seen(endpoint)].count("ok") == 3
    assert len(seen(endpoint)) == 5


def refusing(date):
    """A script that refuses every signature for its date."""

    def script(wire):
        while wire.read_request()[0]:
            script.count += 1
            wire.answer(
                b'{"message": "Signature expired: 1 is now earlier than 2"}',
                b"403 Forbidden",
                b"Date: %b\r\nx-amzn-ErrorType: InvalidSignatureException\r\n" % date,
            )

    script.count = 0
    return script


@pytest.mark.parametrize(
    ("date", "count"),
    [
        (b"soon", 2),
        (b"Sun, 06 Nov 1994 08:49:37 GMT", 2),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", 1),
        (b"Mon, 01 Jan 0001 00:00:00 GMT", 1),
        (b"Wed, 31 Dec 1969 23:59:59 GMT", 1),
        (b"yesterday", 1),
        (b"", 1),
        (b"1e999", 1),
    ],
)
def test_a_server_that_keeps_refusing_is_asked_once_more_at_most(sleeps, date, count):
    if date == b"soon":
        date = formatdate(time() + 7200, usegmt=True).encode()
    script = refusing(date)
    clock = Clock()
    with Peer(script) as peer, closing(plain_client(peer, clock=clock)) as edge:
        with pytest.raises(ServiceError, match="Signature expired"):
            edge.send_heartbeat(**BEAT)
        assert script.count == count
        # Who may not set the clock still casts doubt on it.
        assert clock.doubted is (count == 2)
        # Nothing could be signed with these dates; the board's own goes on.
        if count == 1:
            assert abs(clock.now() - time()) < 60
        with pytest.raises(ServiceError, match="Signature expired"):
            edge.send_heartbeat(**BEAT)
    assert not sleeps
