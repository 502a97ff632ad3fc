"""The day's counters, and that the pages say what was measured."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from arm.roots import PROJECT
from edgemote import Clock
from edgemote.agent.agent import Agent
from edgemote.agent.config import load
from edgemote.http import sockets
from edgemote.http.tls import client_context
from fault_proxy import FaultProxy

from .__main__ import PAGES, PICTURE, RESULTS
from .chain import Files
from .measure import SUBJECTS, count_beat, read_figures, run_here, serve
from .programs.virtual import Day
from .report import describe, draw, fill
from .service import Service, _Radio

# By how much OpenSSL's tickets for one connection may differ: they are padded to 16 bytes.
TICKETS_BYTES = 32


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Service, Files]]:
    with serve() as found:
        yield found


@pytest.mark.parametrize(
    ("times", "wakes", "closings"),
    [
        ([], 0, 0),
        ([(0.0, False)], 1, 0),
        ([(0.0, False), (9.9, False), (19.8, False)], 1, 0),
        ([(0.0, False), (10.0, False), (25.0, False)], 3, 0),
        ([(0.0, False), (60.0, True), (300.0, False), (360.0, True)], 4, 2),
        ([(0.0, False), (9.0, True), (30.0, False)], 2, 0),
        ([(0.0, False), (60.0, True), (61.0, True), (65.0, False)], 2, 0),
    ],
)
def test_bytes_that_are_close_need_the_radio_once(
    times: list[tuple[float, bool]], wakes: int, closings: int
) -> None:
    radio = _Radio()
    for now_s, closing in times:
        radio.note(now_s, closing=closing)
    assert (radio.wakes, radio.closings) == (wakes, closings)


@pytest.mark.parametrize("name", SUBJECTS)
def test_its_bytes_are_those_that_a_proxy_sees(name: str, served: tuple[Service, Files]) -> None:
    service, files = served
    with (
        FaultProxy("127.0.0.1", service.port) as link,
        FaultProxy("127.0.0.1", service.keys_port) as keys,
    ):
        # Only one heartbeat: before a second one, the end of the first connection would have to
        # pass the proxy in time.
        seen = run_here(name, service, files, 1, (link.port, keys.port))
    # What came after the program had ended is counted too, but for another day.
    service.drain()
    later, service.counted = service.counted, type(seen)()
    assert seen.sent + later.sent == link.carried["request"] + keys.carried["request"]
    assert seen.received + later.received == link.carried["answer"] + keys.carried["answer"]
    assert seen.connections == link.connections + keys.connections
    assert seen.requests["/SendHeartbeat"] == 1
    assert 0 < seen.keys < seen.sent + seen.received
    assert seen.sent > seen.heads + seen.bodies > 0


@pytest.mark.parametrize(
    ("name", "wakes", "closings"), [("floor", 3, 0), ("edgemote", 6, 3), ("botocore", 6, 3)]
)
def test_a_script_wakes_the_radio_for_each_beat_and_each_end(
    name: str, wakes: int, closings: int, served: tuple[Service, Files]
) -> None:
    figures = read_figures(run_here(name, *served, 3), 3)
    assert (figures["wakes"], figures["closings"]) == (wakes, closings)
    assert figures["connections"] == 4  # that for keys too
    assert (figures["heartbeats"], figures["polls"], figures["key_fetches"]) == (3, 1, 1)


def test_the_agent_wakes_the_radio_for_heartbeats_alone(served: tuple[Service, Files]) -> None:
    figures = read_figures(run_here("agent", *served, 30), 30)
    assert (figures["heartbeats"], figures["wakes"], figures["closings"]) == (30, 30, 0)
    # All but the first one of the service and of its keys are resumed.
    assert figures["key_fetches"] == 3
    assert figures["resumed"] == figures["connections"] - 2 == 31


def test_a_heartbeat_is_what_one_more_takes(served: tuple[Service, Files]) -> None:
    beat = count_beat("floor", *served)
    two, five = (run_here("floor", *served, beats) for beats in (2, 5))
    more = five.sent + five.received - two.sent - two.received
    assert abs(more - 3 * beat) <= 3 * TICKETS_BYTES


CONFIG = """\
[device]
name = "cam-7"
fleet = "dock"
region = "us-west-2"
endpoint_url = "https://localhost:{service.port}"
ca_file = "{files.ca_file}"
[credentials]
iot_endpoint = "https://localhost:{service.keys_port}/role-aliases/board/credentials"
cert_file = "{files.device_file}"
[folders]
state = "{folder}/state"
run = "{folder}"
[heartbeat]
metrics = []
period_s = {period_s}
jitter = 0.0
[deployments]
enabled = false
[log]
level = "error"
"""


@pytest.mark.parametrize(
    ("period_s", "wakes", "closings", "connections"),
    # A connection that the next beat may use is kept, at the price of hearing of its end.
    [(300, 4, 0, 5), (241, 4, 0, 5), (239, 8, 4, 5), (50, 4, 0, 2)],
)
def test_the_agent_closes_what_the_next_job_would_not_use(
    period_s: int,
    wakes: int,
    closings: int,
    connections: int,
    served: tuple[Service, Files],
    tmp_path: Path,
) -> None:
    service, files = served
    config = tmp_path / "edgemote.toml"
    config.write_text(CONFIG.format(**locals(), folder=tmp_path))
    day = Day(service.control_port)
    agent = Agent(load(str(config)), clock=Clock(lambda: day.now_s, lambda: day.steady_s, 0.0))
    while day.steady_s < 4 * period_s:
        delay_s = agent.step()
        if delay_s:
            day.wait(delay_s)
    day.end()
    agent.close()
    seen = service.days[-1]
    assert seen.requests["/SendHeartbeat"] == 4
    assert (seen.wakes, seen.closings, seen.connections) == (wakes, closings, connections)


def test_a_client_hello_is_not_padded(served: tuple[Service, Files]) -> None:
    context = client_context(str(served[1].ca_file))
    ours, theirs = socket.socketpair()
    sock = sockets.Socket(fileno=ours.detach())
    sock.settimeout(0)
    with theirs, contextlib.closing(sock):
        with pytest.raises(ssl.SSLWantReadError):
            sockets.shake_hands(sock, context, "edge.example.com")
        assert 200 < len(theirs.recv(1_000)) < 400


def test_the_pages_say_what_was_measured() -> None:
    figures = json.loads(RESULTS.read_text())["figures"]
    for name, tell in PAGES.items():
        page = (PROJECT / name).read_text()
        assert page == fill(page, tell(figures)), f"{name}: `make bench-day` writes it anew"
    assert PICTURE.read_text() == draw(figures)
    assert figures.keys() == SUBJECTS.keys()


def test_the_table_has_a_row_for_each_figure() -> None:
    found = {"instructions": 4_100_000_000, **read_figures_of_nothing()}
    table = describe(dict.fromkeys(SUBJECTS, found))
    assert {line.count("|") for line in table.splitlines()} == {6}
    assert "| instructions, billions | 4.10 | 4.10 | 4.10 | 4.10 |" in table


def read_figures_of_nothing() -> dict[str, int]:
    names = "sent_bytes head_bytes body_bytes received_bytes key_fetches key_bytes"
    names += " connections resumed wakes closings"
    return dict.fromkeys(names.split(), 1)
