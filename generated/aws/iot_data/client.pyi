# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""Operations and client of AWS IoT Data Plane."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUBLISH: Operation[None]
UPDATE_THING_SHADOW: Operation[shapes.UpdateThingShadowResponse]

class _Exceptions:
    ConflictException: type[errors.ConflictException]
    InternalFailureException: type[errors.InternalFailureException]
    InvalidRequestException: type[errors.InvalidRequestException]
    MethodNotAllowedException: type[errors.MethodNotAllowedException]
    RequestEntityTooLargeException: type[errors.RequestEntityTooLargeException]
    ServiceUnavailableException: type[errors.ServiceUnavailableException]
    ThrottlingException: type[errors.ThrottlingException]
    UnauthorizedException: type[errors.UnauthorizedException]
    UnsupportedDocumentEncodingException: type[errors.UnsupportedDocumentEncodingException]

class IoTDataPlane(Client):
    """Client of AWS IoT Data Plane. `edgemote.connect(IoTDataPlane)` makes it."""

    exceptions: _Exceptions

    def publish(self, **params: Unpack[_params.PublishParams]) -> None:
        """Publishes an MQTT message.

        Requires permission to access the Publish action.

        For more information about MQTT messages, see MQTT Protocol in the IoT Developer Guide.

        For more information about messaging costs, see Amazon Web Services IoT Core pricing -
        Messaging.

        Raises InternalFailureException, InvalidRequestException, UnauthorizedException,
        MethodNotAllowedException, ThrottlingException.

        https://docs.aws.amazon.com/goto/WebAPI/iot-data-2015-05-28/Publish
        """

    def update_thing_shadow(
        self, **params: Unpack[_params.UpdateThingShadowParams]
    ) -> shapes.UpdateThingShadowResponse:
        """Updates the shadow for the specified thing.

        Requires permission to access the UpdateThingShadow action.

        For more information, see UpdateThingShadow in the IoT Developer Guide.

        Raises ConflictException, RequestEntityTooLargeException, InvalidRequestException,
        ThrottlingException, UnauthorizedException, ServiceUnavailableException,
        InternalFailureException, MethodNotAllowedException, UnsupportedDocumentEncodingException.

        https://docs.aws.amazon.com/goto/WebAPI/iot-data-2015-05-28/UpdateThingShadow
        """
