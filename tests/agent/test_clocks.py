"""Boards whose clock is wrong: the first heartbeat is accepted, with the right time in it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from endpoint import Endpoint
from endpoint.certificates import make_authority
from fault_proxy import Fault, FaultProxy

from .device import FLEET, NAME, Device

libfaketime = pytest.importorskip("libfaketime", reason="fakes the clock of a process")

LIBRARY = next(Path(libfaketime.__file__).parent.rglob("libfaketime.so.1"))
YEAR_S = 365 * 86_400


@pytest.fixture
def device(tmp_path):
    # Certificates of the usual length: a clock that is years off finds them invalid.
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    dates = {"not_before": now - timedelta(days=30), "not_after": now + timedelta(days=60)}
    # The authority, too: a board that is years ahead takes no single certificate's word for it.
    make_authority(tmp_path / "authority", **dates)
    with Endpoint(
        register=[f"{FLEET}/{NAME}"], ca_directory=tmp_path / "authority", **dates
    ) as endpoint:
        device = Device(tmp_path, endpoint)
        device.write_config()
        yield device


class BoardClock:
    """The wall clock of a process, set by hand; its steady clock stays as it is."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def set(self, seconds_ahead: float) -> None:
        partial = self._file.with_suffix(".new")
        partial.write_text(f"{seconds_ahead:+.0f}")
        partial.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clock(tmp_path):
    return BoardClock(tmp_path / "clock")


def check_times(beats):
    for beat in beats:
        for metric in beat["AgentMetrics"]:
            assert abs(metric["Timestamp"] - time.time()) < 120, metric


@pytest.mark.parametrize(
    "ahead_s",
    [-time.time() + 10, 10 * YEAR_S, -YEAR_S, 3600, -3600],
    ids=["1970", "ten years ahead", "a year behind", "an hour ahead", "an hour behind"],
)
def test_wrong_from_the_start(device, clock, ahead_s):
    clock.set(ahead_s)
    with device.running(**clock.environment):
        device.wait_for(lambda: len(device.beats()) >= 2)
    # The first one was sent before anything was learnt, where only a signature could tell.
    check_times(device.beats()[1:])


@pytest.mark.slow
def test_jumping(device, clock):
    clock.set(0)
    with device.running(**clock.environment):
        for ahead_s in (10 * YEAR_S, -time.time() + 10, 3600, -3600, 0):
            count = len(device.beats())
            device.wait_for(lambda count=count: len(device.beats()) > count + 1)
            clock.set(ahead_s)
    check_times(device.beats()[-4:])


def test_beats_kept_before_the_time_was_known_get_it_later(device, clock, tmp_path):
    clock.set(-time.time() + 10)
    with FaultProxy("127.0.0.1", device.endpoint.port) as proxy:
        device.write_config(
            device={"endpoint_url": f"https://localhost:{proxy.port}"}, link={"step_limit_s": 2}
        )
        proxy.fault = Fault("refuse")
        with device.running(**clock.environment):
            device.wait_for(lambda: device.status().get("kept", 0) >= 3)
            proxy.fault = None
            device.wait_for(lambda: len(device.beats()) >= 5)
    check_times(device.beats())


def test_what_was_proven_outlives_a_restart(device, clock):
    clock.set(0)
    device.state.mkdir()
    kept = device.state / "time"
    with device.running(**clock.environment):
        device.wait_for(lambda: len(device.beats()) >= 2)
        written = kept.read_text()
    first, second = map(int, written.split())
    assert first == second
    assert abs(first - time.time()) < 120
    count = len(device.beats())
    requests = len(device.endpoint.store.requests())
    clock.set(-YEAR_S)
    with device.running(**clock.environment):
        device.wait_for(lambda: len(device.beats()) >= count + 3)
    # The board is not believed, and nobody has to be asked over a connection that is not judged.
    methods = [row["method"] for row in device.endpoint.store.requests()[requests:]]
    assert "HEAD" not in methods
    check_times(device.beats()[count:])


@pytest.mark.parametrize("content", ["", "x y", "9 8", "9" * 39, "99999999999999 99999999999999"])
def test_a_damaged_note_of_the_time_is_none(device, content):
    device.state.mkdir()
    (device.state / "time").write_text(content)
    with device.running():
        device.wait_for(lambda: len(device.beats()) >= 2)
    check_times(device.beats())
