"""The content of heartbeats: metrics of the board and the script, and the installed models."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws import json_body
from aws.errors import ServiceError, ValidationError
from edgemote import __version__
from edgemote.agent.sensors import LETTERS, Board, Gauges, Sampler, check_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from edgemote.agent.config import Config
    from edgemote.agent.deployments.journal import InstalledModel
    from edgemote.agent.log import Log
    from edgemote.agent.spool import Spool
    from edgemote.clock import Clock

# A heartbeat from further ahead than this was made while the clock was wrong.
_AHEAD_S = 300.0
# SageMaker Edge Manager's limits for handles, and for Model.
_HANDLE_LENGTHS = (1, 63)
_NAME_LENGTHS = (4, 255)
_VERSION_LENGTH = 64
_VERSION_LETTERS = LETTERS | frozenset(" _.")


class ModelMetrics:
    """A model as heartbeats report it. `Agent.model` makes it.

    name and version are those of the deployed package, unless they are set here; the handle
    replaces a missing name. Setting what the API would reject raises ValidationError.
    """

    __slots__ = (
        "_capture",
        "_clock",
        "_gauges",
        "_handle",
        "_inferred",
        "_name",
        "_sampled",
        "_sampler",
        "_version",
    )

    def __init__(
        self, handle: str, clock: Clock, log: Log, capture: Callable[..., bool] | None
    ) -> None:
        self._handle = handle
        self._capture = capture
        self._clock = clock
        self._gauges = Gauges()
        self._sampler = Sampler((), self._gauges, log, Board("/", None))
        self._name: str | None = None
        self._version: str | None = None
        # In steady seconds, so that they become right when the clock is synced later.
        self._sampled: float | None = None
        self._inferred: float | None = None

    @property
    def name(self) -> str | None:
        """4 to 255 letters, digits and inner hyphens; None for the package's."""
        return self._name

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None:
            check_text("ModelName", name, *_NAME_LENGTHS, LETTERS)
        self._name = name

    @property
    def version(self) -> str | None:
        """1 to 64 letters, digits, spaces, dots and underscores; None for the package's."""
        return self._version

    @version.setter
    def version(self, version: str | None) -> None:
        if version is not None and not (
            isinstance(version, str)
            and 0 < len(version) <= _VERSION_LENGTH
            and _VERSION_LETTERS.issuperset(version)
        ):
            raise ValidationError(
                f"ModelVersion: expected up to {_VERSION_LENGTH} letters, digits, ' ', '_' and '.',"
                f" got {version!r:.80}"
            )
        self._version = version

    def sampled(self) -> None:
        """Record that a sample of data was taken just now."""
        self._sampled = self._clock.steady()

    def inferred(self) -> None:
        """Record that an inference was made just now."""
        self._inferred = self._clock.steady()

    def metric(
        self, name: str, value: float | Callable[[], float], *, dimension: str = "model"
    ) -> None:
        """As Agent.metric, for this model."""
        self._gauges.set(name, value, dimension)

    def capture(
        self,
        *,
        input: bytes | bytearray | memoryview | None = None,
        output: bytes | bytearray | memoryview | None = None,
        content_type: str = "application/octet-stream",
        output_content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> bool:
        """Keep an input and output of the model, to be uploaded later; return whether they are
        kept, which depends on capture.share and the limits.

        content_type: of both, unless output_content_type is given; metadata: texts by name. Any
        thread may call it. It waits neither for the network nor for a flush, and does not raise
        for a disk error; a wrong argument raises ValidationError, a bundle without captures
        ConfigError.
        """
        if self._capture is None:
            return False
        return self._capture(
            self._handle, input, output, content_type, output_content_type, metadata
        )

    def report(self, installed: InstalledModel | None, cloud: ModuleType) -> Any:
        """Its part of a heartbeat, as the cloud's struct."""
        now_s, now = self._clock.now(), self._clock.steady()
        name = self._name or (installed.name if installed else None)
        if name is None and len(self._handle) >= _NAME_LENGTHS[0]:
            name = self._handle
        return cloud.Model(
            ModelName=name,
            ModelVersion=self._version or (installed.version if installed else None),
            LatestSampleTime=_find_time(now_s, now, self._sampled),
            LatestInference=_find_time(now_s, now, self._inferred),
            ModelMetrics=self._sampler.sample(_round(now_s), cloud.EdgeMetric) or None,
        )


class HeartbeatBuilder:
    """Makes heartbeats: the members of SendHeartbeat without the names of device and fleet."""

    def __init__(self, clock: Clock, log: Log, capture: Callable[..., bool] | None = None) -> None:
        self._clock = clock
        self._log = log
        self._capture = capture
        self._gauges = Gauges()
        self._models: dict[str, ModelMetrics] = {}

    def configure(self, config: Config, spool: Spool, cloud: ModuleType) -> None:
        """cloud: the module with the cloud's structs"""
        self._cloud = cloud
        board = Board(_find_existing(config.heartbeat.disk_path), spool)
        self._sampler = Sampler(config.heartbeat.metrics, self._gauges, self._log, board)

    def metric(self, name: str, value: float | Callable[[], float], dimension: str) -> None:
        self._gauges.set(name, value, dimension)

    def model(self, handle: str) -> ModelMetrics:
        found = self._models.get(handle)
        if found is None:
            check_text("ModelHandle", handle, *_HANDLE_LENGTHS, LETTERS)
            found = self._models[handle] = ModelMetrics(
                handle, self._clock, self._log, self._capture
            )
        return found

    def make(self, installed: list[InstalledModel]) -> dict[str, Any]:
        """A heartbeat of this moment, with all metrics."""
        now_s = _round(self._clock.now())
        metrics = self._sampler.sample(now_s, self._cloud.EdgeMetric)
        return {"AgentVersion": __version__, "AgentMetrics": metrics, **self._report(installed)}

    def make_report(self, installed: list[InstalledModel]) -> dict[str, Any]:
        """A heartbeat that carries a deployment's result."""
        return {"AgentVersion": __version__, **self._report(installed)}

    def _report(self, installed: list[InstalledModel]) -> dict[str, Any]:
        by_handle = {one.handle: one for one in installed}
        reports = [
            self.model(handle).report(by_handle.get(handle), self._cloud)
            for handle in sorted({*by_handle, *self._models})
        ]
        return {"Models": reports} if reports else {}

    # On disk ------------------------------------------------------------------------------------

    def encode(self, beat: dict[str, Any], now_s: float) -> bytes:
        """A heartbeat as it is stored: the clock's time when it was made, and its JSON."""
        kept: bytes = self._cloud.encode_beat(beat)
        return repr(now_s).encode() + b"\n" + kept

    def restore(self, at_s: float, kept: bytes) -> dict[str, Any]:
        """A stored heartbeat, with its times corrected.

        at_s: when it was made, according to the clock as synced since. If the board never knew the
        time, the times are left out: no time is better than a wrong one. Raises ValueError for
        what is not a heartbeat.
        """
        said, _, body = kept.partition(b"\n")
        try:
            request = json_body.decode(self._cloud.Heartbeat, body)
        except ServiceError as error:
            raise ValueError(f"not a heartbeat: {error.message}") from None
        shift_s = at_s - float(said)
        if not self._is_plausible(at_s):
            _shift(request, None)
        elif shift_s:
            _shift(request, shift_s)
        members = {name: getattr(request, name) for name in request.__struct_fields__}
        del members["DeviceName"], members["DeviceFleetName"]
        return {name: value for name, value in members.items() if value is not None}

    def _is_plausible(self, at_s: float) -> bool:
        now_s, is_possible = self._clock.now(), self._clock.is_possible
        return is_possible(at_s) and (at_s <= now_s + _AHEAD_S or not is_possible(now_s))


def _round(time_s: float) -> float:
    """In milliseconds: each digit more is a byte for each metric of each heartbeat."""
    return round(time_s, 3)


def _find_time(now_s: float, now: float, then: float | None) -> float | None:
    """The time of a steady moment, None for none."""
    return None if then is None else _round(now_s - (now - then))


def _find_existing(path: str) -> str:
    """The path, or its nearest parent that exists: the state folder is created late."""
    while not os.path.exists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def _shift(request: Any, shift_s: float | None) -> None:
    """Shift every time in a heartbeat, or remove it if shift_s is None."""
    metrics = list(request.AgentMetrics or [])
    for model in request.Models or []:
        metrics += model.ModelMetrics or []
        model.LatestSampleTime = _move(model.LatestSampleTime, shift_s)
        model.LatestInference = _move(model.LatestInference, shift_s)
    for metric in metrics:
        metric.Timestamp = _move(metric.Timestamp, shift_s)


def _move(time_s: float | None, shift_s: float | None) -> float | None:
    return None if time_s is None or shift_s is None else time_s + shift_s
