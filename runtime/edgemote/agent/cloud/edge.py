"""SageMaker Edge Manager, which AWS has retired, and hosts that are compatible with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.rest_json import encode_body
from aws.sagemaker_edge import (
    DeploymentModel,
    DeploymentResult,
    EdgeDeployment,
    EdgeMetric,
    Model,
    SagemakerEdgeManager,
)
from aws.sagemaker_edge import SendHeartbeatRequest as Heartbeat
from aws.sagemaker_edge.client import SEND_HEARTBEAT
from edgemote.agent.cloud import EndedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edgemote.agent.cloud import Beat, State
    from edgemote.agent.config import Config
    from edgemote.agent.deployments.shapes import Deployment, Result
    from edgemote.agent.services import Services

__all__ = ["Cloud", "EdgeMetric", "Heartbeat", "Model", "encode_beat"]

# A registration is requested again when its CacheTTL has expired, within these bounds.
_SHORTEST_TTL_S, _USUAL_TTL_S, _LONGEST_TTL_S = 60.0, 3_600.0, 604_800.0


def encode_beat(beat: Beat) -> bytes:
    """A heartbeat's JSON."""
    # The operation requires names; the stored heartbeat gets those of the device that sends it.
    return encode_body(SEND_HEARTBEAT, {"DeviceName": "-", "DeviceFleetName": "-", **beat})


class Cloud:
    """The three operations of SageMaker Edge Manager."""

    __slots__ = ("_client", "_names")

    final_codes = frozenset(("ValidationException", "SerializationException"))
    needs_keys = signs = True
    is_one_service = True
    one_by_one = False
    state_bytes = 0

    def __init__(self, config: Config, services: Services) -> None:
        device = config.device
        self._names: dict[str, Any] = {
            "DeviceName": device.name,
            "DeviceFleetName": device.fleet,
        }
        self._client = services.connect(
            SagemakerEdgeManager, services.provider, device.endpoint_url
        )

    def describe(self) -> str:
        return "device {DeviceName} of fleet {DeviceFleetName}".format(**self._names)

    def check(self) -> Iterator[tuple[bool, str]]:
        return iter(())

    def status(self) -> dict[str, str]:
        return {}

    def greet(self) -> float | None:
        response = self._client.get_device_registration(**self._names)
        return read_ttl_s(response.CacheTTL) if response.DeviceRegistration else None

    def send(self, beat: Beat) -> None:
        self._client.send_heartbeat(**self._names, **beat)

    def list_deployments(self) -> Iterator[Deployment]:
        return map(read_deployment, self._client.get_deployments(**self._names).Deployments or ())

    def send_result(self, result: Result, beat: Beat) -> None:
        self.send({**beat, "DeploymentResult": write_result(result)})

    def renew(self, name: str) -> Deployment:
        for deployment in self.list_deployments():
            if deployment.name == name:
                return deployment
        raise EndedError(f"deployment {name} is not listed any more")

    def send_progress(self, name: str, details: dict[str, str]) -> None:
        """This cloud only takes results."""

    def send_state(self, change: State) -> None:
        """This cloud learns the state from heartbeats."""

    def close(self) -> None:
        self._client.close()


def read_ttl_s(text: str | None) -> float:
    """Seconds of a CacheTTL, which is a string."""
    try:
        ttl_s = float(text or "")
    except (TypeError, ValueError):
        ttl_s = _USUAL_TTL_S
    return min(max(_SHORTEST_TTL_S, ttl_s), _LONGEST_TTL_S)


def read_deployment(deployment: Any) -> Deployment:
    from msgspec import ValidationError, convert, to_builtins

    from edgemote.agent.deployments import shapes

    try:  # decoding a response lets values of other types pass
        deployment = convert(to_builtins(deployment), EdgeDeployment)
    except ValidationError as error:
        name = getattr(deployment, "DeploymentName", None)
        name = name if isinstance(name, str) else ""
        return shapes.Deployment(name, refusal=f"the service's list is malformed: {error}")
    kind = deployment.Type
    return shapes.Deployment(
        deployment.DeploymentName or "",
        deployment.FailureHandlingPolicy,
        [
            shapes.Definition(
                one.ModelHandle,
                one.State,
                one.S3Url,
                *((one.Checksum.Type or "", one.Checksum.Sum) if one.Checksum else ()),
            )
            for one in deployment.Definitions or ()
        ],
        None if kind == "Model" else f"Type {kind!a:.60}: only Model is supported",
    )


def write_result(result: Result) -> DeploymentResult:
    return DeploymentResult(
        DeploymentName=result.name,
        DeploymentStatus=result.status,
        DeploymentStatusMessage=result.message,
        DeploymentStartTime=result.start_s,
        DeploymentEndTime=result.end_s,
        DeploymentModels=None
        if result.models is None
        else [
            DeploymentModel(
                ModelHandle=one.handle,
                ModelName=one.name,
                ModelVersion=one.version,
                DesiredState=one.desired,
                State=one.state,
                Status=one.status,
                StatusReason=one.reason,
                RollbackFailureReason=one.rollback_reason,
            )
            for one in result.models
        ],
    )
