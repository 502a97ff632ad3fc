# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

Time = float | datetime | str

class DeploymentModelDict(TypedDict):
    ModelHandle: NotRequired[str]
    ModelName: NotRequired[str]
    ModelVersion: NotRequired[str]
    DesiredState: NotRequired[str]
    State: NotRequired[str]
    Status: NotRequired[str]
    StatusReason: NotRequired[str]
    RollbackFailureReason: NotRequired[str]

class DeploymentResultDict(TypedDict):
    DeploymentName: NotRequired[str]
    DeploymentStatus: NotRequired[str]
    DeploymentStatusMessage: NotRequired[str]
    DeploymentStartTime: NotRequired[Time]
    DeploymentEndTime: NotRequired[Time]
    DeploymentModels: NotRequired[Sequence[shapes.DeploymentModel | DeploymentModelDict]]

class EdgeMetricDict(TypedDict):
    Dimension: NotRequired[str]
    MetricName: NotRequired[str]
    Value: NotRequired[float]
    Timestamp: NotRequired[Time]

class GetDeploymentsParams(TypedDict):
    DeviceName: str
    DeviceFleetName: str

class GetDeviceRegistrationParams(TypedDict):
    DeviceName: str
    DeviceFleetName: str

class ModelDict(TypedDict):
    ModelName: NotRequired[str]
    ModelVersion: NotRequired[str]
    LatestSampleTime: NotRequired[Time]
    LatestInference: NotRequired[Time]
    ModelMetrics: NotRequired[Sequence[shapes.EdgeMetric | EdgeMetricDict]]

class SendHeartbeatParams(TypedDict):
    AgentMetrics: NotRequired[Sequence[shapes.EdgeMetric | EdgeMetricDict]]
    Models: NotRequired[Sequence[shapes.Model | ModelDict]]
    AgentVersion: str
    DeviceName: str
    DeviceFleetName: str
    DeploymentResult: NotRequired[shapes.DeploymentResult | DeploymentResultDict]
