# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""Operations and client of Amazon Sagemaker Edge Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

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

SEND_HEARTBEAT: Operation[None] = Operation(
    name="SendHeartbeat",
    path="/SendHeartbeat",
    input=shapes.SendHeartbeatRequest,
)


class SagemakerEdgeManager(Client):
    """Client of Amazon Sagemaker Edge Manager. `edgemote.connect(SagemakerEdgeManager)` makes
    it.
    """

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

    def get_deployments(
        self, **params: Unpack[_params.GetDeploymentsParams]
    ) -> shapes.GetDeploymentsResult:
        """Use to get the active deployments from a device.

        Raises InternalServiceException.

        https://docs.aws.amazon.com/goto/WebAPI/sagemaker-edge-2020-09-23/GetDeployments
        """
        return self._call(GET_DEPLOYMENTS, params)

    def get_device_registration(
        self, **params: Unpack[_params.GetDeviceRegistrationParams]
    ) -> shapes.GetDeviceRegistrationResult:
        """Use to check if a device is registered with SageMaker Edge Manager.

        Raises InternalServiceException.

        https://docs.aws.amazon.com/goto/WebAPI/sagemaker-edge-2020-09-23/GetDeviceRegistration
        """
        return self._call(GET_DEVICE_REGISTRATION, params)

    def send_heartbeat(self, **params: Unpack[_params.SendHeartbeatParams]) -> None:
        """Use to get the current status of devices registered on SageMaker Edge Manager.

        Raises InternalServiceException.

        https://docs.aws.amazon.com/goto/WebAPI/sagemaker-edge-2020-09-23/SendHeartbeat
        """
        self._call(SEND_HEARTBEAT, params)
