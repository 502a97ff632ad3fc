"""edgemote: tiny typed AWS clients for small boards.

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager

edge = edgemote.connect(SagemakerEdgeManager, region="us-west-2")
edge.send_heartbeat(AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock")
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aws.errors import EndpointError, ServiceError, ValidationError
    from aws.sigv4 import Credentials
    from edgemote.agent.agent import Agent
    from edgemote.client.connect import connect
    from edgemote.clock import Clock
    from edgemote.credentials.iot_role_alias import IotRoleAlias
    from edgemote.errors import (
        ClockSyncedError,
        ConfigError,
        ConnectError,
        ConnectionClosedError,
        CredentialsError,
        EdgemoteError,
        ProtocolError,
        ReadTimeoutError,
        StateLockedError,
        TransportError,
    )

__all__ = [
    "Agent",
    "Clock",
    "ClockSyncedError",
    "ConfigError",
    "ConnectError",
    "ConnectionClosedError",
    "Credentials",
    "CredentialsError",
    "EdgemoteError",
    "EndpointError",
    "IotRoleAlias",
    "ProtocolError",
    "ReadTimeoutError",
    "ServiceError",
    "StateLockedError",
    "TransportError",
    "ValidationError",
    "connect",
]

# Loaded when first asked for: a bundle with a broken file can still be verified, and a script that
# needs the errors alone does not load the client.
_HOMES = {
    "aws.errors": ("EndpointError", "ServiceError", "ValidationError"),
    "aws.sigv4": ("Credentials",),
    "edgemote.agent.agent": ("Agent",),
    "edgemote.client.connect": ("connect",),
    "edgemote.clock": ("Clock",),
    "edgemote.credentials.iot_role_alias": ("IotRoleAlias",),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "edgemote.errors")
    # Not importlib.import_module, which loads importlib for it.
    value: object = getattr(__import__(home, fromlist=(name,)), name)
    globals()[name] = value
    return value
