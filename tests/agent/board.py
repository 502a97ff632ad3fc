"""An agent in this process, with a service that answers what it is told, and times that are made
up: for what the jobs do and when. The network is the processes' tests' matter.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edgemote.agent.services
from aws.errors import ServiceError
from aws.sagemaker_edge import (
    Definition,
    EdgeDeployment,
    GetDeploymentsResult,
    GetDeviceRegistrationResult,
)
from edgemote import Agent, Clock
from edgemote.agent.config import load
from edgemote.http import Deadline

BUILT_S = 1_790_000_000.0
NOW_S = BUILT_S + 1_000_000


class Lines:
    """A log, for reading afterwards."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def _note(self, text: object) -> None:
        self.lines.append(str(text))

    error = warning = info = _note

    def debug(self, text: object) -> None:
        """Not written."""


class Service:
    """SageMaker Edge: registers, lists `deployments`, and notes what it accepts.

    errors: what an operation raises instead, until it is taken away; or a function to be called
    with what was sent. calls: how often each was called. at_s: when, in steady seconds. clock: is
    vouched for, as by signed calls.
    """

    clock: Clock

    def __init__(self) -> None:
        self.registered = True
        self.ttl = "3600"
        self.deployments: list[EdgeDeployment] = []
        self.beats: list[dict[str, Any]] = []
        self.errors: dict[str, Exception | Callable[[dict[str, Any]], None]] = {}
        self.calls: Counter[str] = Counter()
        self.at_s: dict[str, list[float]] = {}

    def _called(self, operation: str, members: dict[str, Any]) -> None:
        self.calls[operation] += 1
        self.at_s.setdefault(operation, []).append(self.clock.steady())
        error = self.errors.get(operation)
        try:
            if isinstance(error, Exception):
                raise error
            if error is not None:
                error(members)
        except ServiceError:
            self.clock.vouched = True
            raise
        self.clock.vouched = True

    def get_device_registration(self, **members: Any) -> GetDeviceRegistrationResult:
        self._called("register", members)
        return GetDeviceRegistrationResult(
            DeviceRegistration=members["DeviceName"] if self.registered else None,
            CacheTTL=self.ttl,
        )

    def send_heartbeat(self, **members: Any) -> None:
        self._called("report" if "DeploymentResult" in members else "beat", members)
        self.beats.append(members)

    def get_deployments(self, **members: Any) -> GetDeploymentsResult:
        self._called("poll", members)
        return GetDeploymentsResult(Deployments=list(self.deployments))

    def close(self) -> None:
        """Nothing is open."""

    def deploy(self, name: str) -> None:
        """List a deployment that is done without a download."""
        gone = Definition(ModelHandle="snow", State="UNDEPLOY")
        self.deployments.append(
            EdgeDeployment(
                DeploymentName=name,
                Type="Model",
                FailureHandlingPolicy="DO_NOTHING",
                Definitions=[gone],
            )
        )

    @property
    def results(self) -> list[str]:
        """Names of the deployments of which a result was accepted."""
        return [
            beat["DeploymentResult"].DeploymentName
            for beat in self.beats
            if "DeploymentResult" in beat
        ]


class Board:
    """A device with its agent. `wall_s` and `steady_s` are its clocks."""

    def __init__(self, folder: Path, monkeypatch: Any, **sections: str) -> None:
        self.folder = folder
        self.config = folder / "edgemote.toml"
        self.wall_s = NOW_S
        self.steady_s = 1_000.0
        self.log = Lines()
        self.service = Service()
        board = self

        class Services:
            """What the agent talks to."""

            provider = None

            def __init__(self, *_: object) -> None:
                self.deadline = Deadline()

            def connect(self, *_: object) -> Service:
                return board.service

            def open_s3(self) -> Any:
                raise AssertionError("no deployment of these tests has anything to download")

            def close(self) -> None:
                """Nothing is open."""

        monkeypatch.setattr(edgemote.agent.services, "Services", Services)
        # The same jitter in each run.
        monkeypatch.setattr(os, "urandom", random.Random(1).randbytes)
        self.write_config(**sections)
        self.start()

    def write_config(self, **sections: str) -> None:
        """Lines for sections, on top of the usual ones."""
        texts = {
            "device": 'name = "cam-7"\nfleet = "dock"\nregion = "us-west-2"',
            "folders": f'state = "{self.folder}/state"\nrun = "{self.folder}/run"',
            "heartbeat": "period_s = 300\njitter = 0",
            **sections,
        }
        self.config.write_text("".join(f"[{name}]\n{text}\n" for name, text in texts.items()))

    def start(self, steady_s: float | None = None) -> None:
        """Boot: an agent that knows what is on the disk."""
        if steady_s is not None:
            self.steady_s = steady_s
        if hasattr(self, "agent"):
            # As the system does where one is killed.
            self.agent._lock.close()
            self.agent.core.spool._disconnect()
        self.clock = Clock(lambda: self.wall_s, lambda: self.steady_s, BUILT_S)
        self.service.clock = self.clock
        self.agent = Agent(load(str(self.config)), clock=self.clock, log=self.log)

    def wait(self, seconds: float) -> None:
        """Let time pass without a step."""
        self.steady_s += seconds
        self.wall_s += seconds

    def run(self, seconds: float) -> None:
        """Let time pass, with a step whenever one is due."""
        end_s = self.steady_s + seconds
        steps = 0
        delay_s = self.agent.step()
        while self.steady_s + delay_s <= end_s:
            assert delay_s >= 0
            self.wait(delay_s)
            delay_s = self.agent.step()
            steps += 1
            assert steps < 10_000, "it never rests"
        self.wait(end_s - self.steady_s)
