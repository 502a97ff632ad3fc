"""edgemote: tiny typed AWS clients for small boards.

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager

edge = edgemote.connect(SagemakerEdgeManager, region="us-west-2")
edge.send_heartbeat(AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock")
"""

from aws.errors import EndpointError, ServiceError, ValidationError
from aws.sigv4 import Credentials

from .client import connect
from .clock import Clock
from .errors import (
    ConfigError,
    ConnectError,
    ConnectionClosedError,
    CredentialsError,
    EdgemoteError,
    ProtocolError,
    ReadTimeoutError,
    TransportError,
)

__all__ = [
    "Clock",
    "ConfigError",
    "ConnectError",
    "ConnectionClosedError",
    "Credentials",
    "CredentialsError",
    "EdgemoteError",
    "EndpointError",
    "ProtocolError",
    "ReadTimeoutError",
    "ServiceError",
    "TransportError",
    "ValidationError",
    "connect",
]
