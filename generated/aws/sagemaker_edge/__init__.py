# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""Amazon Sagemaker Edge Manager: client, structs and errors."""

from .client import SagemakerEdgeManager
from .errors import InternalServiceException
from .shapes import (
    Checksum,
    Definition,
    DeploymentModel,
    DeploymentResult,
    EdgeDeployment,
    EdgeMetric,
    GetDeploymentsRequest,
    GetDeploymentsResult,
    GetDeviceRegistrationRequest,
    GetDeviceRegistrationResult,
    Model,
    SendHeartbeatRequest,
)

__all__ = [
    "Checksum",
    "Definition",
    "DeploymentModel",
    "DeploymentResult",
    "EdgeDeployment",
    "EdgeMetric",
    "GetDeploymentsRequest",
    "GetDeploymentsResult",
    "GetDeviceRegistrationRequest",
    "GetDeviceRegistrationResult",
    "InternalServiceException",
    "Model",
    "SagemakerEdgeManager",
    "SendHeartbeatRequest",
]
