# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""AWS IoT Data Plane: client, structs and errors."""

from .client import IoTDataPlane
from .errors import (
    ConflictException,
    InternalFailureException,
    InvalidRequestException,
    MethodNotAllowedException,
    RequestEntityTooLargeException,
    ServiceUnavailableException,
    ThrottlingException,
    UnauthorizedException,
    UnsupportedDocumentEncodingException,
)
from .shapes import PublishRequest, UpdateThingShadowRequest, UpdateThingShadowResponse

__all__ = [
    "ConflictException",
    "InternalFailureException",
    "InvalidRequestException",
    "IoTDataPlane",
    "MethodNotAllowedException",
    "PublishRequest",
    "RequestEntityTooLargeException",
    "ServiceUnavailableException",
    "ThrottlingException",
    "UnauthorizedException",
    "UnsupportedDocumentEncodingException",
    "UpdateThingShadowRequest",
    "UpdateThingShadowResponse",
]
