"""What a heartbeat says: the board's metrics, the script's, and the models installed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws import json_body, rest_json
from aws.sagemaker_edge import Model as ModelReport
from aws.sagemaker_edge import SendHeartbeatRequest
from aws.sagemaker_edge.client import SEND_HEARTBEAT

from .metrics import Board, Gauges, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from aws.sagemaker_edge import DeploymentResult, EdgeMetric

    from .clock import Clock
    from .config import Config
    from .deployments.journal import InstalledModel
    from .log import Log
    from .spool import Spool

AGENT_VERSION = "0.1.0"  # without a hyphen, which the API refuses


class Model:
    """A model as heartbeats report it. `Agent.model` makes it.

    name (4 characters or more) and version are those of the package that was deployed, unless they
    are set here.
    """

    __slots__ = ("_clock", "_gauges", "_inferred", "_sampled", "_sampler", "name", "version")

    def __init__(self, clock: Clock, log: Log) -> None:
        self._clock = clock
        self._gauges = Gauges()
        self._sampler = Sampler((), self._gauges, log, Board("/", None))
        self.name: str | None = None
        self.version: str | None = None
        # In steady seconds, so that a time that is learnt later makes them right.
        self._sampled: float | None = None
        self._inferred: float | None = None

    def sampled(self) -> None:
        """A sample of data was taken just now."""
        self._sampled = self._clock.steady()

    def inferred(self) -> None:
        """An inference was made just now."""
        self._inferred = self._clock.steady()

    def metric(
        self, name: str, value: float | Callable[[], float], *, dimension: str = "model"
    ) -> None:
        """As Agent.metric, for this model."""
        self._gauges.set(name, value, dimension)

    def report(self, installed: InstalledModel | None) -> ModelReport:
        """Its part of a heartbeat."""
        now_s, now = self._clock.now(), self._clock.steady()
        return ModelReport(
            ModelName=self.name or (installed.name if installed else None),
            ModelVersion=self.version or (installed.version if installed else None),
            LatestSampleTime=None if self._sampled is None else now_s - (now - self._sampled),
            LatestInference=None if self._inferred is None else now_s - (now - self._inferred),
            ModelMetrics=self._sampler.sample(now_s) or None,
        )


class Beats:
    """Makes heartbeats, as the members of SendHeartbeat but for the device's names."""

    def __init__(self, clock: Clock, log: Log) -> None:
        self.refused = 0
        self._clock = clock
        self._log = log
        self._gauges = Gauges()
        self._models: dict[str, Model] = {}

    def configure(self, config: Config, spool: Spool) -> None:
        board = Board(_find_existing(config.heartbeat.disk_path), spool)
        self._sampler = Sampler(config.heartbeat.metrics, self._gauges, self._log, board)

    def metric(self, name: str, value: float | Callable[[], float], dimension: str) -> None:
        self._gauges.set(name, value, dimension)

    def model(self, handle: str) -> Model:
        found = self._models.get(handle)
        if found is None:
            found = self._models[handle] = Model(self._clock, self._log)
        return found

    def make(self, installed: list[InstalledModel]) -> dict[str, Any]:
        """A heartbeat of this moment."""
        now_s = self._clock.now()
        metrics = self._sampler.sample(now_s)
        return {"AgentVersion": AGENT_VERSION, "AgentMetrics": metrics, **self._report(installed)}

    def make_report(
        self, result: DeploymentResult, installed: list[InstalledModel]
    ) -> dict[str, Any]:
        """A heartbeat that is there for a deployment's result."""
        return {
            "AgentVersion": AGENT_VERSION,
            "DeploymentResult": result,
            **self._report(installed),
        }

    def _report(self, installed: list[InstalledModel]) -> dict[str, Any]:
        by_handle = {one.handle: one for one in installed}
        reports = [
            self.model(handle).report(by_handle.get(handle))
            for handle in sorted({*by_handle, *self._models})
        ]
        return {"Models": reports} if reports else {}

    # On disk ------------------------------------------------------------------------------------

    def encode(self, beat: dict[str, Any], now_s: float) -> bytes:
        """A heartbeat as it is kept: when the clock said that it was made, and its JSON."""
        # The names are those of the device that sends it; the operation asks for some.
        names = {"DeviceName": "-", "DeviceFleetName": "-"}
        return (
            repr(now_s).encode() + b"\n" + rest_json.encode_body(SEND_HEARTBEAT, {**names, **beat})
        )

    def restore(self, at_s: float, kept: bytes) -> dict[str, Any]:
        """A heartbeat that was kept, with the times that it should have had.

        at_s: when it was made, by what has been learnt since. Where that is no time at all, because
        the board never knew it, the heartbeat goes without: no time is better than a wrong one.
        """
        said, _, body = kept.partition(b"\n")
        request = json_body.decode(SendHeartbeatRequest, body)
        shift_s = at_s - float(said)
        if not self._clock.is_possible(at_s):
            _shift(request, None)
        elif shift_s:
            _shift(request, shift_s)
        members = {name: getattr(request, name) for name in request.__struct_fields__}
        del members["DeviceName"], members["DeviceFleetName"]
        return {name: value for name, value in members.items() if value is not None}


def _find_existing(path: str) -> str:
    """The path, or the nearest folder above it that there is: the state folder is made late."""
    while not os.path.exists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def _shift(request: SendHeartbeatRequest, shift_s: float | None) -> None:
    """Move every time of a heartbeat, or take it out."""
    metrics: list[EdgeMetric] = list(request.AgentMetrics or [])
    for model in request.Models or []:
        metrics += model.ModelMetrics or []
        model.LatestSampleTime = _move(model.LatestSampleTime, shift_s)
        model.LatestInference = _move(model.LatestInference, shift_s)
    for metric in metrics:
        metric.Timestamp = _move(metric.Timestamp, shift_s)


def _move(time_s: float | None, shift_s: float | None) -> float | None:
    return None if time_s is None or shift_s is None else time_s + shift_s
