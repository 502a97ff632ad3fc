# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""Structs of Amazon Sagemaker Edge Manager."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .. import shape
from ..shape import Shape, Timestamp
from . import shapes

String1 = Annotated[str, Meta(min_length=1)]
String4 = Annotated[str, Meta(min_length=4)]


class Checksum(Shape, kw_only=True):
    """Information about the checksum of a model deployed on a device."""

    Type: str | None = None
    """The type of the checksum.

    One of SHA1.
    """

    Sum: str | None = None
    """The checksum of the model."""


class Definition(Shape, kw_only=True):
    ModelHandle: str | None = None
    """The unique model handle."""

    S3Url: str | None = None
    """The absolute S3 location of the model."""

    Checksum: shapes.Checksum | None = None
    """The checksum information of the model."""

    State: str | None = None
    """The desired state of the model.

    One of DEPLOY, UNDEPLOY.
    """


class DeploymentModel(Shape, kw_only=True):
    ModelHandle: String1 | None = None
    """The unique handle of the model."""

    ModelName: String4 | None = None
    """The name of the model."""

    ModelVersion: String1 | None = None
    """The version of the model."""

    DesiredState: str | None = None
    """The desired state of the model.

    One of DEPLOY, UNDEPLOY.
    """

    State: str | None = None
    """Returns the current state of the model.

    One of DEPLOY, UNDEPLOY.
    """

    Status: str | None = None
    """Returns the deployment status of the model.

    One of SUCCESS, FAIL.
    """

    StatusReason: str | None = None
    """Returns the error message for the deployment status result."""

    RollbackFailureReason: str | None = None
    """Returns the error message if there is a rollback."""


class DeploymentResult(Shape, kw_only=True):
    """Information about the result of a deployment on an edge device that is registered with
    SageMaker Edge Manager.
    """

    DeploymentName: String1 | None = None
    """The name and unique ID of the deployment."""

    DeploymentStatus: String1 | None = None
    """Returns the bucket error code."""

    DeploymentStatusMessage: str | None = None
    """Returns the detailed error message."""

    DeploymentStartTime: Timestamp | None = None
    """The timestamp of when the deployment was started on the agent."""

    DeploymentEndTime: Timestamp | None = None
    """The timestamp of when the deployment was ended, and the agent got the deployment results."""

    DeploymentModels: list[DeploymentModel] | None = None
    """Returns a list of models deployed on the agent."""


class EdgeDeployment(Shape, kw_only=True):
    """Information about a deployment on an edge device that is registered with SageMaker Edge
    Manager.
    """

    DeploymentName: str | None = None
    """The name and unique ID of the deployment."""

    Type: str | None = None
    """The type of the deployment.

    One of Model.
    """

    FailureHandlingPolicy: str | None = None
    """Determines whether to rollback to previous configuration if deployment fails.

    One of ROLLBACK_ON_FAILURE, DO_NOTHING.
    """

    Definitions: list[Definition] | None = None
    """Returns a list of Definition objects."""


class EdgeMetric(Shape, kw_only=True):
    """Information required for edge device metrics."""

    Dimension: String1 | None = None
    """The dimension of metrics published."""

    MetricName: String4 | None = None
    """Returns the name of the metric."""

    Value: float | None = None
    """Returns the value of the metric."""

    Timestamp: shape.Timestamp | None = None
    """Timestamp of when the metric was requested."""


class GetDeploymentsRequest(Shape, kw_only=True):
    DeviceName: String1
    """The unique name of the device you want to get the configuration of active deployments
    from.
    """

    DeviceFleetName: String1
    """The name of the fleet that the device belongs to."""


class GetDeploymentsResult(Shape, kw_only=True):
    Deployments: list[EdgeDeployment] | None = None
    """Returns a list of the configurations of the active deployments on the device."""


class GetDeviceRegistrationRequest(Shape, kw_only=True):
    DeviceName: String1
    """The unique name of the device you want to get the registration status from."""

    DeviceFleetName: String1
    """The name of the fleet that the device belongs to."""


class GetDeviceRegistrationResult(Shape, kw_only=True):
    DeviceRegistration: str | None = None
    """Describes if the device is currently registered with SageMaker Edge Manager."""

    CacheTTL: str | None = None
    """The amount of time, in seconds, that the registration status is stored on the device’s cache
    before it is refreshed.
    """


class Model(Shape, kw_only=True):
    """Information about a model deployed on an edge device that is registered with SageMaker Edge
    Manager.
    """

    ModelName: String4 | None = None
    """The name of the model."""

    ModelVersion: String1 | None = None
    """The version of the model."""

    LatestSampleTime: Timestamp | None = None
    """The timestamp of the last data sample taken."""

    LatestInference: Timestamp | None = None
    """The timestamp of the last inference that was made."""

    ModelMetrics: list[EdgeMetric] | None = None
    """Information required for model metrics."""


class SendHeartbeatRequest(Shape, kw_only=True):
    AgentMetrics: list[EdgeMetric] | None = None
    """For internal use. Returns a list of SageMaker Edge Manager agent operating metrics."""

    Models: list[Model] | None = None
    """Returns a list of models deployed on the the device."""

    AgentVersion: String1
    """Returns the version of the agent."""

    DeviceName: String1
    """The unique name of the device."""

    DeviceFleetName: String1
    """The name of the fleet that the device belongs to."""

    DeploymentResult: shapes.DeploymentResult | None = None
    """Returns the result of a deployment on the device."""
