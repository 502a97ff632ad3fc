"""The fleet, its service and the virtual time."""

from __future__ import annotations

import gc
import heapq
import os
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple
from unittest.mock import patch

from msgspec.structs import replace

import edgemote.agent.agent
import edgemote.agent.core
import edgemote.agent.services
from aws.errors import ServiceError
from aws.sagemaker_edge import GetDeploymentsResult, GetDeviceRegistrationResult
from edgemote import Agent, Clock
from edgemote.agent.config import load
from edgemote.errors import ConnectError
from edgemote.http import Deadline

PERIOD_S, POLL_S, TTL_S = 300.0, 3_600.0, 3_600.0
HOUR_S = 3_600
# Agents start at random within the first hour; of the next half hour is the steady rate.
STEADY_S = HOUR_S
OUT_S = STEADY_S + HOUR_S // 2
BACK_S = OUT_S + HOUR_S
# What is looked at after the outage.
WATCHED_S = HOUR_S * 5 // 4
# One request of a device in a heartbeat's period, one poll and one registration an hour.
USUAL_PER_S = 1 / PERIOD_S + 1 / POLL_S + 1 / TTL_S
# How many times the usual rate the service takes; and what it takes at once, in seconds of that,
# but no less than this many requests: a small fleet is more uneven than a large one.
CAPACITY, BURST_S, BURST = 2.5, 2.0, 150
CONFIG = f"""
[device]
name = "cam"
fleet = "dock"
region = "us-west-2"
[heartbeat]
period_s = {PERIOD_S}
metrics = []
[deployments]
poll_s = {POLL_S}
"""
BOOT_S = 1_800_000_000.0


class Outage(NamedTuple):
    """What a device meets while the service is out; busy: what it says of too many requests."""

    out: Callable[[], Exception]
    busy: Callable[[], Exception]
    loses_power: bool = False


def unavailable(retry_after: str = "120") -> ServiceError:
    error = ServiceError("ServiceUnavailableException", "", 503)
    error.headers = {"retry-after": retry_after}
    return error


def throttled() -> ServiceError:
    return ServiceError("ThrottlingException", "Rate exceeded", 429)


def refused() -> ConnectError:
    return ConnectError("edge.example: connection refused")


OUTAGES = {
    "503 with Retry-After": Outage(unavailable, unavailable),
    "429": Outage(throttled, throttled),
    "connections refused": Outage(refused, throttled),
    "power cut": Outage(refused, throttled, loses_power=True),
}


class Quiet:
    """A log of which errors are kept."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def error(self, text: object) -> None:
        self.errors.append(str(text))

    def _ignore(self, text: object) -> None:
        """Not kept."""

    warning = info = debug = _ignore


class MemorySpool:
    """The spool without a file."""

    def __init__(self, path: str, **_: Any) -> None:
        self._beats: deque[tuple[int, float, bytes]] = deque()
        self._last = self.size_bytes = self.dropped = 0

    @property
    def depth(self) -> int:
        return len(self._beats)

    def add(self, body: bytes, at_s: float, steady_s: float) -> bool:
        self._last += 1
        self._beats.append((self._last, at_s, body))
        return True

    def first(self) -> tuple[int, float, bytes] | None:
        return self._beats[0] if self._beats else None

    def remove(self, number: int) -> None:
        while self._beats and self._beats[0][0] <= number:
            self._beats.popleft()

    def note_dropped(self, count: int = 1) -> None:
        self.dropped += count

    def expire(self, now_s: float, steady_s: float) -> int:
        return 0

    def follow_clock(self, now_s: float, steady_s: float) -> None:
        """It is right."""

    def close(self) -> None:
        """Nothing is open."""


class NoLock:
    """Locks of folders that nobody else uses."""

    held, replaced = True, False

    def __init__(self, log: object) -> None:
        """Nothing is opened."""

    def check(self) -> bool:
        return True

    def take(self, folders: list[str]) -> None:
        """Nobody has them."""

    keep = take

    def close(self) -> None:
        """Nothing is open."""


class Device:
    """One agent, and the client that its service is to it."""

    def __init__(self, fleet: Fleet, number: int) -> None:
        self.fleet = fleet
        self.config = fleet.configure(number)
        self.made = 0
        self.delivered: list[int] = []
        self.caught_up_s = float("inf")  # when it first had delivered all, after the outage
        self.agent: Agent | None = None

    def boot(self, steady_s: float) -> None:
        """Power is there; the board's steady clock says this by now."""
        fleet, booted_s = self.fleet, self.fleet.now_s - steady_s
        self.clock = Clock(
            lambda: BOOT_S + fleet.now_s, lambda: fleet.now_s - booted_s, BOOT_S - 86_400
        )
        fleet.booting = self
        self.agent = Agent(self.config, clock=self.clock, log=fleet.log)  # type: ignore[arg-type]
        self.agent.metric("Serial", self._number)

    def lose_power(self) -> None:
        assert self.agent is not None
        self.agent.close()
        self.agent = None

    def _number(self) -> float:
        self.made += 1
        return float(self.made)

    # The client -----------------------------------------------------------------------------------

    def get_device_registration(self, **members: Any) -> GetDeviceRegistrationResult:
        self._ask()
        return GetDeviceRegistrationResult(
            DeviceRegistration=members["DeviceName"], CacheTTL=str(TTL_S)
        )

    def send_heartbeat(self, **members: Any) -> None:
        self._ask()
        [serial] = (one.Value for one in members["AgentMetrics"] if one.MetricName == "Serial")
        self.delivered.append(int(serial))
        now_s = self.fleet.now_s
        if serial == self.made and now_s >= BACK_S:
            self.caught_up_s = min(self.caught_up_s, now_s)

    def get_deployments(self, **members: Any) -> GetDeploymentsResult:
        self._ask()
        return GetDeploymentsResult(Deployments=[])

    def _ask(self) -> None:
        error = self.fleet.take()
        self.clock.vouched = self.clock.vouched or not isinstance(error, ConnectError)
        if error is not None:
            raise error

    def close(self) -> None:
        """Nothing is open."""


class Fleet:
    """Devices and their service. `run` lets time pass until `end_s`.

    offered, turned_away: requests in each second, and those that were too many then (without what
    the outage itself refused).
    """

    def __init__(self, count: int, seed: int, outage: Outage, folder: Path | None) -> None:
        self.count = count
        self.outage = outage
        self.chance = random.Random(seed)
        self.log = Quiet()
        self.now_s = 0.0
        self.end_s = BACK_S + WATCHED_S
        self.folder = folder
        self.offered = [0] * (self.end_s + 1)
        self.turned_away = [0] * (self.end_s + 1)
        self._rate = count * USUAL_PER_S * CAPACITY
        self._burst = max(BURST, self._rate * BURST_S)
        self._tokens, self._counted_s = self._burst, 0.0
        self.booting: Device
        with NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(CONFIG)
            file.flush()
            self._config = load(file.name)
        self.devices: list[Device] = []

    def configure(self, number: int) -> Any:
        place = f"{self.folder or '/nonexistent'}/{number}"
        config = self._config
        return replace(
            config,
            device=replace(config.device, name=f"cam-{number}"),
            folders=replace(config.folders, state=place, models=f"{place}/m", run=f"{place}/r"),
        )

    def take(self) -> Exception | None:
        """A request of now; what the service refuses it with."""
        second = int(self.now_s)
        self.offered[second] += 1
        if OUT_S <= self.now_s < BACK_S:
            return self.outage.out()
        elapsed_s, self._counted_s = self.now_s - self._counted_s, self.now_s
        self._tokens = min(self._burst, self._tokens + elapsed_s * self._rate)
        if self._tokens < 1:
            self.turned_away[second] += 1
            return self.outage.busy()
        self._tokens -= 1
        return None

    def run(self) -> None:
        with self._replaced():
            turns: list[tuple[float, int]] = []
            for number in range(self.count):
                self.devices.append(Device(self, number))
                heapq.heappush(turns, (self.chance.random() * HOUR_S, number))
            if self.outage.loses_power:
                turns = self._run_until(turns, OUT_S)
                for device in self.devices:
                    device.lose_power()
                # Boards of one kind: power comes back for all of them at once.
                turns = [(BACK_S + self.chance.random() * 10, n) for n in range(self.count)]
                heapq.heapify(turns)
            self._run_until(turns, self.end_s)

    def _run_until(self, turns: list[tuple[float, int]], end_s: float) -> list[tuple[float, int]]:
        while turns and turns[0][0] < end_s:
            due_s, number = heapq.heappop(turns)
            self.now_s = max(self.now_s, due_s)
            device = self.devices[number]
            if device.agent is None:
                after_cut = self.now_s >= OUT_S
                device.boot(20 + self.chance.random() * 20 if after_cut else 1e6)
            assert device.agent is not None
            delay_s = device.agent.step()
            # Less than a float of virtual time can tell is some time all the same.
            heapq.heappush(turns, (self.now_s + (delay_s and max(delay_s, 1e-3)), number))
        return turns

    @contextmanager
    def _replaced(self) -> Iterator[None]:
        fleet = self

        class Services:
            """What an agent talks to."""

            provider = None

            def __init__(self, *_: object) -> None:
                self.deadline = Deadline()
                self._device = fleet.booting

            def connect(self, *_: object) -> Device:
                return self._device

            def close(self) -> None:
                """Nothing is open."""

        changes: list[tuple[object, str, object]] = [
            (edgemote.agent.services, "Services", Services),
            (os, "urandom", self.chance.randbytes),
            (gc, "collect", lambda: None),  # of thousands of agents, for each that is made
        ]
        if self.folder is None:
            changes += [
                (edgemote.agent.core, "Spool", MemorySpool),
                (edgemote.agent.agent, "FolderLock", NoLock),
            ]
        patches = [patch.object(*change) for change in changes]
        gc.disable()
        try:
            for one in patches:
                one.start()
            yield
        finally:
            for one in patches:
                one.stop()
            gc.enable()
            gc.collect()
