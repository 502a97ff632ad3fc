# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""Client of Amazon Sagemaker Edge Manager; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET_DEPLOYMENTS = Operation(
    name="GetDeployments",
    path="/GetDeployments",
    input=shapes.GetDeploymentsRequest,
    output=shapes.GetDeploymentsResult,
)

GET_DEVICE_REGISTRATION = Operation(
    name="GetDeviceRegistration",
    path="/GetDeviceRegistration",
    input=shapes.GetDeviceRegistrationRequest,
    output=shapes.GetDeviceRegistrationResult,
)

SEND_HEARTBEAT = Operation(
    name="SendHeartbeat",
    path="/SendHeartbeat",
    input=shapes.SendHeartbeatRequest,
)


class SagemakerEdgeManager(Client):
    exceptions = errors
    service = Service(
        name="sagemaker-edge",
        service_id="Sagemaker Edge",
        signing_name="sagemaker",
        api_version="2020-09-23",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_deployments(self, **params):
        return self._call(GET_DEPLOYMENTS, params)

    def get_device_registration(self, **params):
        return self._call(GET_DEVICE_REGISTRATION, params)

    def send_heartbeat(self, **params):
        self._call(SEND_HEARTBEAT, params)
