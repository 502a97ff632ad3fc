"""What heartbeats say, and what becomes of their times on the disk."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.errors import ValidationError
from edgemote import Clock
from edgemote.agent.cloud import edge
from edgemote.agent.deployments.journal import InstalledModel
from edgemote.agent.heartbeat import HeartbeatBuilder
from edgemote.agent.log import Log

from .board import BUILT_S, NOW_S, Board

CANNOT_BE = (5.0, BUILT_S - 1, 1e12, math.inf, math.nan)


class Times:
    """A clock that is set by hand, and beats by it."""

    def __init__(self):
        self.wall_s = NOW_S
        self.steady_s = 50.0
        self.clock = Clock(lambda: self.wall_s, lambda: self.steady_s, BUILT_S)
        self.beats = HeartbeatBuilder(self.clock, Log("error"))


@pytest.fixture
def times():
    return Times()


@pytest.fixture
def beat(tmp_path, monkeypatch, times):
    """A heartbeat with every time that there can be."""
    board = Board(tmp_path, monkeypatch)
    times.beats.configure(board.agent.config, board.agent.core.spool, edge)
    times.beats.metric("QueueDepth", 7, "app")
    model = times.beats.model("snow")
    model.metric("Score", 0.5)
    model.sampled()
    times.steady_s += 10
    times.wall_s += 10
    model.inferred()
    yield times.beats.make([])
    board.agent.close()


def test_times_are_milliseconds(times, tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch)
    times.beats.configure(board.agent.config, board.agent.core.spool, edge)
    times.beats.metric("QueueDepth", 7, "app")
    model = times.beats.model("snow")
    model.metric("Score", 0.5)
    model.inferred()
    times.wall_s += 10.123456789
    times.steady_s += 10.123456789
    beat = times.beats.make([])
    assert set(list_times(beat)) == {round(NOW_S + 10.123, 3)}
    assert beat["Models"][0].LatestInference == NOW_S
    board.agent.close()


def list_times(beat):
    metrics = [*beat["AgentMetrics"], *beat["Models"][0].ModelMetrics]
    return [metric.Timestamp for metric in metrics]


class TestKept:
    """A heartbeat that was on the disk."""

    def test_it_comes_back_as_it_was(self, times, beat):
        at_s = times.clock.now()
        assert times.beats.restore(at_s, times.beats.encode(beat, at_s)) == beat

    @pytest.mark.parametrize("shift_s", [-86_400.0, 1.0, -1.0])
    def test_a_corrected_time_moves_them_all(self, times, beat, shift_s):
        at_s = times.clock.now()
        again = times.beats.restore(at_s + shift_s, times.beats.encode(beat, at_s))
        assert list_times(again) == [one + shift_s for one in list_times(beat)]
        [model], [before] = again["Models"], beat["Models"]
        assert model.LatestSampleTime == before.LatestSampleTime + shift_s
        assert model.LatestInference - model.LatestSampleTime == 10
        assert [one.Value for one in again["AgentMetrics"]] == [
            one.Value for one in beat["AgentMetrics"]
        ]

    @pytest.mark.parametrize("at_s", CANNOT_BE)
    def test_a_time_that_cannot_be_is_taken_out(self, times, beat, at_s):
        again = times.beats.restore(at_s, times.beats.encode(beat, 5.0))
        assert set(list_times(again)) == {None}
        [model] = again["Models"]
        assert (model.LatestSampleTime, model.LatestInference) == (None, None)
        assert [one.Value for one in again["AgentMetrics"]] == [
            one.Value for one in beat["AgentMetrics"]
        ]

    def test_a_time_to_come_is_taken_out(self, times, beat):
        """Of an earlier process, whose clock was years ahead."""
        kept = times.beats.encode(beat, NOW_S + 4e8)
        assert set(list_times(times.beats.restore(NOW_S + 4e8, kept))) == {None}

    def test_unless_it_is_the_present_that_cannot_be(self, times, beat):
        """Of an earlier process that knew the time, on a board that does not know it yet."""
        at_s = times.clock.now()
        kept = times.beats.encode(beat, at_s)
        times.wall_s = 12.0
        assert list_times(times.beats.restore(at_s, kept)) == list_times(beat)

    def test_names_are_those_of_who_sends_it(self, times, beat):
        kept = times.beats.encode(beat, NOW_S)
        assert not {"DeviceName", "DeviceFleetName"} & times.beats.restore(NOW_S, kept).keys()

    @given(st.binary(max_size=80))
    def test_what_is_none_is_a_value_error(self, kept):
        times = Times()
        times.beats._cloud = edge
        try:
            restored = times.beats.restore(NOW_S, kept)
        except ValueError:
            return
        assert isinstance(restored, dict)


class TestModels:
    """What the script says of its models."""

    def test_the_package_names_it_unless_the_script_does(self, times, beat):
        installed = InstalledModel("snow", "snow-net", "1.4", "/models/snow", None)
        model = times.beats.model("snow")
        assert model.report(installed, edge).ModelName == "snow-net"
        assert model.report(installed, edge).ModelVersion == "1.4"
        model.name, model.version = "rain-net", "2.0_b 1"
        assert model.report(installed, edge).ModelName == "rain-net"
        assert model.report(installed, edge).ModelVersion == "2.0_b 1"
        model.name = model.version = None
        assert model.report(installed, edge).ModelName == "snow-net"

    def test_a_handle_stands_for_a_name_that_is_missing(self, times):
        assert times.beats.model("snow").report(None, edge).ModelName == "snow"
        # The API's names have four letters at least.
        assert times.beats.model("s").report(None, edge).ModelName is None

    @pytest.mark.parametrize("name", ["abc", "x" * 256, "snow_net", "-snow", "snow-", "", 7])
    def test_a_name_that_the_service_refuses_spoils_no_beat(self, times, name):
        model = times.beats.model("snow")
        with pytest.raises(ValidationError, match="ModelName"):
            model.name = name
        assert model.name is None

    @pytest.mark.parametrize("version", ["", "x" * 65, "1-2", "1/2", 1.4])
    def test_a_version_that_the_service_refuses(self, times, version):
        model = times.beats.model("snow")
        with pytest.raises(ValidationError, match="ModelVersion"):
            model.version = version
        assert model.version is None

    @pytest.mark.parametrize("handle", ["", "../snow", "snow net", "x" * 64, None])
    def test_handles(self, times, handle):
        with pytest.raises(ValidationError, match="ModelHandle"):
            times.beats.model(handle)

    def test_times_of_samples_are_right_when_the_time_is_learnt_later(self, times):
        times.wall_s = 9.0
        model = times.beats.model("snow")
        model.sampled()
        times.steady_s += 30
        times.clock.sync(NOW_S)
        assert model.report(None, edge).LatestSampleTime == NOW_S - 30
        assert model.report(None, edge).LatestInference is None
