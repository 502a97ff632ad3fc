"""Jobs that go with a heartbeat: how often the radio of a device has to be up in a day."""

from __future__ import annotations

from aws.errors import ServiceError
from aws.sigv4 import Credentials
from edgemote.agent.pacing import AWAKE_S
from edgemote.credentials.provider import Refreshing
from edgemote.errors import ConnectError

from .board import Board
from .scripted_iot import IotBoard

DAY_S = 86_400.0
DOWN = ConnectError("edge.example: refused")


class Radio:
    """Times at which the link is used."""

    def __init__(self, steady_s):
        self._steady_s = steady_s
        self.used_s = []

    def note(self):
        self.used_s.append(self._steady_s())

    @property
    def wake_ups(self):
        pairs = zip([float("-inf"), *self.used_s], self.used_s, strict=False)
        return sum(later - earlier >= AWAKE_S for earlier, later in pairs)


def note_calls(monkeypatch, board, radio):
    """Of either cloud."""
    call = board.agent.core.call

    def noted(*arguments):
        radio.note()
        return call(*arguments)

    monkeypatch.setattr(board.agent.core, "call", noted)


def run_day(board, monkeypatch):
    radio = Radio(lambda: board.steady_s)
    note_calls(monkeypatch, board, radio)
    board.run(DAY_S)
    board.agent.close()
    return radio


def make_edge(folder, monkeypatch, window_s):
    folder.mkdir()
    board = Board(
        folder,
        monkeypatch,
        heartbeat="period_s = 300\njitter = 0.1",
        link=f"window_s = {window_s}",
    )
    # Of a deployment that is begun and done between two heartbeats.
    board.service.deploy("winter")
    return board


def test_a_day_of_the_edge_cloud_wakes_the_radio_for_heartbeats_alone(tmp_path, monkeypatch):
    counts = {}
    for window_s in (0, 300):
        board = make_edge(tmp_path / str(window_s), monkeypatch, window_s)
        counts[window_s] = run_day(board, monkeypatch).wake_ups
        assert board.service.results == ["winter"]
        assert 270 < board.service.calls["beat"] < 310
        assert 23 <= board.service.calls["poll"] <= 28
        assert 23 <= board.service.calls["register"] <= 28
        # The first poll follows the first heartbeat within half a minute, by chance.
        assert counts[window_s] >= board.service.calls["beat"]
    assert counts[300] <= board.service.calls["beat"] + 2
    assert counts[0] >= counts[300] + 30


def test_the_first_heartbeat_after_a_boot_goes_with_the_registration(tmp_path, monkeypatch):
    """Which is spread over a period; without a window, or after a restart, both are apart."""
    apart = {}
    for window_s, uptime_s in ((300, 1.0), (300, 1_000.0), (0, 1.0)):
        name = f"{window_s} {uptime_s}"
        board = make_edge(tmp_path / name, monkeypatch, window_s)
        monkeypatch.setattr("edgemote.agent.jobs.draw_fraction", lambda: 0.9)
        board.start(steady_s=uptime_s)
        board.run(600)
        board.agent.close()
        at_s = board.service.at_s
        apart[name] = round(at_s["beat"][0] - at_s["register"][0])
    assert apart == {"300 1.0": 0, "300 1000.0": 27, "0 1.0": 27}


def test_a_day_of_the_iot_cloud(tmp_path, monkeypatch):
    counts = {}
    for window_s in (0, 300):
        (tmp_path / str(window_s)).mkdir()
        board = IotBoard(
            tmp_path / str(window_s),
            monkeypatch,
            cloud='kind = "iot"\nendpoint = "iot.example"',
            heartbeat="period_s = 300\njitter = 0.1",
            link=f"window_s = {window_s}",
        )
        counts[window_s] = run_day(board, monkeypatch).wake_ups
        assert 23 <= board.iot.calls["poll"] <= 28
    assert counts[300] <= board.iot.calls["beat"] + 2
    assert counts[0] >= counts[300] + 15


def test_without_a_window_each_job_is_done_when_it_is_due(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch, deployments="poll_s = 130")
    radio = Radio(lambda: board.steady_s)
    note_calls(monkeypatch, board, radio)
    board.run(1_000)
    board.agent.close()
    assert board.agent.core.window is None
    began_s = radio.used_s[0]
    assert {round(at_s - began_s) for at_s in radio.used_s} == {
        *range(0, 1_000, 300),
        *range(0, 1_000, 130),
    }


def test_a_job_goes_with_a_heartbeat_once_however_short_its_period(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch, deployments="poll_s = 60", link="window_s = 300")
    board.run(3_001)
    board.agent.close()
    assert 11 <= board.service.calls["poll"] <= 22
    assert board.service.calls["beat"] == 11


def test_kept_heartbeats_go_several_at_a_time(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch, link="window_s = 300")
    board.run(1)
    board.service.errors = dict.fromkeys(("register", "beat", "poll"), DOWN)
    board.run(3_600)
    board.service.errors = {}
    radio = Radio(lambda: board.steady_s)
    note_calls(monkeypatch, board, radio)
    board.run(4_800)
    board.agent.close()
    assert board.agent.core.spool.depth == 0
    assert radio.wake_ups <= 4_800 / 300 + 3


def test_what_fails_is_not_tried_more_often(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch, link="window_s = 300")
    board.run(1)
    board.service.errors["poll"] = ServiceError("AccessDenied", "", 403)
    board.agent.core.due["poll"] = board.steady_s
    board.run(7_200)
    board.agent.close()
    assert board.service.calls["poll"] <= 30


def test_what_shall_be_done_at_once_does_not_wait(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch, link="window_s = 300")
    board.run(100)
    board.agent.beat_soon()
    board.run(1)
    board.agent.close()
    assert board.service.calls["beat"] == 2


class TestCredentials:
    """New keys go with a call that needs them, and so with a heartbeat."""

    def make(self, lifetime_s=3_600.0):
        self.asked_s = []

        def fetch(now_s):
            self.asked_s.append(now_s)
            return Credentials(f"AKIA{len(self.asked_s)}", "secret"), now_s + lifetime_s

        return Refreshing(fetch)

    def test_an_agent_wakes_the_radio_for_none(self, tmp_path, monkeypatch):
        """Heartbeats every hour, polls every ten minutes, keys of an hour."""
        alone = {}
        for window_s in (0, 3_600):
            (tmp_path / str(window_s)).mkdir()
            board = Board(
                tmp_path / str(window_s),
                monkeypatch,
                heartbeat="period_s = 3_600\njitter = 0",
                deployments="poll_s = 5_400",
                link=f"window_s = {window_s}",
            )
            provider = self.make(6_000.0)
            monkeypatch.setattr(type(board.agent.core.services), "provider", provider)

            def sign(_, get=provider.get, clock=board.clock):
                get(clock.now())

            board.service.errors = dict.fromkeys(("beat", "poll", "register"), sign)
            board.run(DAY_S)
            board.agent.close()
            alone[window_s] = sum((at_s - self.asked_s[0]) % 3_600 > 1 for at_s in self.asked_s)
        assert alone[0] > 0
        assert alone[3_600] == 0
