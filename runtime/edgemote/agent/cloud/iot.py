"""AWS IoT Core: heartbeats are messages, deployments are jobs, and the device's state is a named
shadow. The device needs nothing but its certificate.

https://docs.aws.amazon.com/iot/latest/developerguide/http.html and jobs-mqtt-api.html
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from msgspec.json import encode
from msgspec.structs import replace

from aws.errors import ServiceError
from aws.iot_data import IoTDataPlane
from aws.iot_jobs_data import IoTJobsDataPlane
from aws.shape import Shape, Timestamp
from edgemote.agent.cloud import EndedError
from edgemote.credentials.client_certificate import ClientCertificate
from edgemote.errors import ConnectError, TransportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aws.iot_jobs_data import JobExecution
    from edgemote.agent.cloud import Beat, State
    from edgemote.agent.config import Config
    from edgemote.agent.deployments.shapes import Deployment, Result
    from edgemote.agent.services import Services

MESSAGE_BYTES = 131_072  # of a message's payload
SHADOW_BYTES, _FRAME_BYTES = 8_192, 256  # of its document, and of that, what surrounds the state
DETAILS = 10  # pairs of statusDetails
DETAIL_CHARS = 1_024
# For how long the cloud's acceptance of this device holds.
_GREETING_S = 86_400.0
_STATUSES = {"SUCCESS": "SUCCEEDED", "FAIL": "FAILED"}
_AT_WORK = ("QUEUED", "IN_PROGRESS")
_CONFLICT = 409


class EdgeMetric(Shape, kw_only=True):
    """A metric as in SendHeartbeat; Value is a string if it is not a finite number."""

    Dimension: str | None = None
    MetricName: str | None = None
    Value: float | str | None = None
    Timestamp: Timestamp | None = None


class Model(Shape, kw_only=True):
    """A model as in SendHeartbeat."""

    ModelName: str | None = None
    ModelVersion: str | None = None
    LatestSampleTime: Timestamp | None = None
    LatestInference: Timestamp | None = None
    ModelMetrics: list[EdgeMetric] | None = None


class Heartbeat(Shape, kw_only=True):
    """The members of SendHeartbeat."""

    AgentVersion: str | None = None
    DeviceName: str | None = None
    DeviceFleetName: str | None = None
    AgentMetrics: list[EdgeMetric] | None = None
    Models: list[Model] | None = None


def encode_beat(beat: Beat) -> bytes:
    """A heartbeat's JSON."""
    body = encode(beat)
    if b"null" not in body:  # how msgspec encodes a number that is not finite
        return body
    for metric in _list_metrics(beat):
        if isinstance(metric.Value, float) and not isfinite(metric.Value):
            # AWS's JSON protocols write NaN, Infinity and -Infinity.
            metric.Value = str(metric.Value).replace("inf", "Infinity").replace("nan", "NaN")
    return encode(beat)


def _list_metrics(beat: Beat) -> Iterator[EdgeMetric]:
    yield from beat.get("AgentMetrics") or ()
    for model in beat.get("Models") or ():
        yield from model.ModelMetrics or ()


def split_beat(beat: Beat, limit_bytes: int) -> Iterator[bytes]:
    """A heartbeat's JSON, split into several if it exceeds the limit."""
    body = encode_beat(beat)
    halves = () if len(body) <= limit_bytes else _halve(beat)
    if not halves:
        yield body
    for half in halves:
        yield from split_beat(half, limit_bytes)


def _halve(beat: Beat) -> tuple[Beat, ...]:
    """A heartbeat's metrics and models in two halves; empty if there is only one of them."""
    metrics, models = beat.get("AgentMetrics") or [], beat.get("Models") or []
    if len(models) == 1 and not metrics:
        own = models[0].ModelMetrics or []
        middle = len(own) // 2
        parts = [[replace(models[0], ModelMetrics=part)] for part in (own[:middle], own[middle:])]
        return tuple({**beat, "Models": part} for part in parts) if middle else ()
    at, of = (len(metrics) + 1) // 2, len(models) // 2
    if len(metrics) + len(models) < 2:
        return ()
    return (
        {**beat, "AgentMetrics": metrics[:at], "Models": models[:of]},
        {**beat, "AgentMetrics": metrics[at:], "Models": models[of:]},
    )


class Cloud:
    """One thing in AWS IoT."""

    __slots__ = (
        "_certificate",
        "_data",
        "_endpoint",
        "_jobs",
        "_left",
        "_lost",
        "_names",
        "_shadow",
        "_thing",
        "_timeout_min",
        "_topic",
        "_uses_jobs",
        "_versions",
        "needs_keys",
    )

    final_codes = frozenset(
        ("InvalidRequestException", "ValidationException", "RequestEntityTooLargeException")
    )
    is_one_service = False
    one_by_one = True
    signs = False

    def __init__(self, config: Config, services: Services) -> None:
        device, cloud, credentials = config.device, config.cloud, config.credentials
        assert cloud.endpoint is not None
        assert credentials.cert_file is not None
        self._thing = credentials.iot_thing_name or device.name
        self._names = {"DeviceName": device.name, "DeviceFleetName": device.fleet or "default"}
        self._topic = cloud.topic.replace("{thing}", self._thing)
        self._shadow = cloud.shadow if cloud.report_state else None
        self._timeout_min = max(1, round(cloud.job_timeout_s / 60))
        self._uses_jobs = config.deployments.enabled
        self._endpoint = cloud.endpoint
        if "://" not in self._endpoint:
            self._endpoint = f"https://{self._endpoint}"
        uploads = config.capture.bucket and config.capture.destination == "s3"
        self.needs_keys = bool(credentials.iot_endpoint or credentials.profile or uploads)
        self._certificate = ClientCertificate(credentials.cert_file, credentials.key_file)
        self._data = services.connect(IoTDataPlane, self._certificate, self._endpoint)
        self._jobs = services.connect(
            IoTJobsDataPlane, self._certificate, self._endpoint, beside=self._data
        )
        # By the names of deployments: the last known version of the job's execution; those with an
        # update that may have been accepted; and those that another agent with our certificate
        # works on.
        self._versions: dict[str, int] = {}
        self._lost: set[str] = set()
        self._left: set[str] = set()

    def describe(self) -> str:
        return f"thing {self._thing}"

    def check(self) -> Iterator[tuple[bool, str]]:
        from edgemote.agent.cloud.iot_check import check_certificate

        yield from check_certificate(self._certificate.cert_file)
        yield True, f"endpoint: {self._endpoint}, thing {self._thing}, topic {self._topic}"
        if self._shadow:
            yield True, f"shadow: {self._shadow}"

    def status(self) -> dict[str, str]:
        shown = {"endpoint": self._endpoint, "thing": self._thing, "topic": self._topic}
        if self._shadow:
            shown["shadow"] = self._shadow
        return shown

    def greet(self) -> float:
        try:
            self._jobs.describe_job_execution(
                thingName=self._thing, jobId="$next", includeJobDocument=False
            )
        except ServiceError as error:
            # Nothing is pending; or the policy denies jobs, and this device is to have none.
            if error.status != 404 and (self._uses_jobs or error.status != 403):
                raise
        return _GREETING_S

    def send(self, beat: Beat) -> None:
        for body in split_beat({**self._names, **beat}, MESSAGE_BYTES):
            self._data.publish(topic=self._topic, qos=1, payload=body)

    # Jobs ---------------------------------------------------------------------------------------

    def list_deployments(self) -> Iterable[Deployment]:
        execution = self._jobs.start_next_pending_job_execution(
            thingName=self._thing, stepTimeoutInMinutes=self._timeout_min
        ).execution
        if execution is None or not execution.jobId:
            return ()
        deployment = self._read(execution)
        return () if deployment.name in self._left else (deployment,)

    def renew(self, name: str) -> Deployment:
        """The deployment with fresh URLs."""
        return self._read(self._look(name, document=True))

    def send_progress(self, name: str, details: dict[str, str]) -> None:
        """Report a deployment's progress, which also restarts its step timer."""
        self._update(name, "IN_PROGRESS", details, stepTimeoutInMinutes=self._timeout_min)

    def send_result(self, result: Result, beat: Beat) -> None:
        status = _STATUSES[result.status or ""]
        if result.refused:
            status = "REJECTED"
        details = {"reason": result.message or ""}
        for model in result.models or ():
            reason = model.rollback_reason or model.reason
            if reason and model.handle and len(details) < DETAILS:
                details.setdefault(model.handle, reason)  # a handle may be "reason"
        self._update(result.name or "", status, details)

    def _update(self, name: str, status: str, details: dict[str, str], **more: Any) -> None:
        version = self._versions.get(name)
        if version is None:
            version = self._note(name, self._look(name))
        try:
            self._jobs.update_job_execution(
                **self._identify(name),
                status=status,
                statusDetails={key: _spell(text) for key, text in details.items() if text},
                expectedVersion=version,
                **more,
            )
        except ServiceError as error:
            if error.status >= 500:
                self._lost.add(name)
            if error.status == _CONFLICT:
                found = self._note(name, self._look(name))
                if found != version and name not in self._lost:
                    self._left.add(name)
                    raise EndedError(
                        f"job {name}: another agent with this certificate works on it: its "
                        f"execution has version {found}, expected {version}"
                    ) from None
            if error.status in (404, 410):
                raise EndedError(f"job {name}: {error}") from None
            raise
        except TransportError as error:
            if not isinstance(error, ConnectError):
                self._lost.add(name)
            raise
        self._lost.discard(name)
        self._versions = {name: version + 1}

    def _look(self, name: str, document: bool = False) -> JobExecution:
        """A job's execution. Raises EndedError if it is over."""
        try:
            execution = self._jobs.describe_job_execution(
                **self._identify(name), includeJobDocument=document
            ).execution
        except ServiceError as error:
            if error.status not in (404, 410):
                raise
            raise EndedError(f"job {name}: {error}") from None
        if execution is None or execution.status not in _AT_WORK:
            status = "gone" if execution is None else execution.status
            raise EndedError(f"job {name} is {status}")
        return execution

    def _identify(self, name: str) -> dict[str, Any]:
        job, _, number = name.partition(":")
        found: dict[str, Any] = {"thingName": self._thing, "jobId": job}
        return {**found, "executionNumber": int(number)} if number.isdecimal() else found

    def _note(self, name: str, execution: JobExecution) -> int:
        version = execution.versionNumber or 1
        self._versions = {name: version}
        return version

    def _read(self, execution: JobExecution) -> Deployment:
        from edgemote.agent.cloud.job_document import read

        number = execution.executionNumber
        name = (execution.jobId or "") + ("" if number is None else f":{number}")
        self._note(name, execution)
        return read(name, execution.jobDocument or "")

    # State --------------------------------------------------------------------------------------

    @property
    def state_bytes(self) -> int:
        return SHADOW_BYTES - _FRAME_BYTES if self._shadow else 0

    def send_state(self, state: State) -> None:
        """Update the shadow's reported state; None removes a key."""
        body = encode({"state": {"reported": state}})
        self._data.update_thing_shadow(
            thingName=self._thing, shadowName=self._shadow or "", payload=body
        )

    def close(self) -> None:
        self._data.close()
        self._jobs.close()


def _spell(text: str) -> str:
    """A text as statusDetails accepts it."""
    return "".join(one if one.isprintable() else "?" for one in text[:DETAIL_CHARS])
