# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
"""Operations and client of Amazon Sagemaker Edge Manager."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

GET_DEPLOYMENTS: Operation[shapes.GetDeploymentsResult]
GET_DEVICE_REGISTRATION: Operation[shapes.GetDeviceRegistrationResult]
SEND_HEARTBEAT: Operation[None]

class _Exceptions:
    InternalServiceException: type[errors.InternalServiceException]

class SagemakerEdgeManager(Client):
    """Client of Amazon Sagemaker Edge Manager. `edgemote.connect(SagemakerEdgeManager)` makes
    it.
    """

    exceptions: _Exceptions

    def get_deployments(
        self, **params: Unpack[_params.GetDeploymentsParams]
    ) -> shapes.GetDeploymentsResult:
        """Use to get the active deployments from a device.

        Raises InternalServiceException.

        https://docs.aws.amazon.com/goto/WebAPI/sagemaker-edge-2020-09-23/GetDeployments
        """

    def get_device_registration(
        self, **params: Unpack[_params.GetDeviceRegistrationParams]
    ) -> shapes.GetDeviceRegistrationResult:
        """Use to check if a device is registered with SageMaker Edge Manager.

        Raises InternalServiceException.

        https://docs.aws.amazon.com/goto/WebAPI/sagemaker-edge-2020-09-23/GetDeviceRegistration
        """

    def send_heartbeat(self, **params: Unpack[_params.SendHeartbeatParams]) -> None:
        """Use to get the current status of devices registered on SageMaker Edge Manager.

        Raises InternalServiceException.

        https://docs.aws.amazon.com/goto/WebAPI/sagemaker-edge-2020-09-23/SendHeartbeat
        """
