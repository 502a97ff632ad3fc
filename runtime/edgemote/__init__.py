"""edgemote: tiny typed AWS clients for small boards.

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager

edge = edgemote.connect(SagemakerEdgeManager, region="us-west-2")
edge.send_heartbeat(AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock")
"""

import os

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aws.errors import EndpointError, Error, ServiceError, ValidationError
    from aws.sigv4 import Credentials
    from edgemote.agent.agent import Agent
    from edgemote.client.connect import connect
    from edgemote.clock import Clock
    from edgemote.credentials.client_certificate import ClientCertificate
    from edgemote.credentials.iot_role_alias import IotRoleAlias
    from edgemote.errors import (
        ClockSyncedError,
        ConfigError,
        ConnectError,
        ConnectionClosedError,
        CredentialsError,
        DamagedBodyError,
        EdgemoteError,
        ProtocolError,
        ReadTimeoutError,
        StateLockedError,
        TransportError,
    )

__all__ = [
    "Agent",
    "ClientCertificate",
    "Clock",
    "ClockSyncedError",
    "ConfigError",
    "ConnectError",
    "ConnectionClosedError",
    "Credentials",
    "CredentialsError",
    "DamagedBodyError",
    "EdgemoteError",
    "EndpointError",
    "Error",
    "IotRoleAlias",
    "ProtocolError",
    "ReadTimeoutError",
    "ServiceError",
    "StateLockedError",
    "TransportError",
    "ValidationError",
    "connect",
]

# What a bundle may lack: `from edgemote import *` fails on a name that it cannot load.
_LACKED = {"Agent": "agent", "ClientCertificate": "credentials/client_certificate.py"}
for _name, _place in _LACKED.items():
    if not os.access(__file__.removesuffix("__init__.py") + _place, os.F_OK):
        __all__.remove(_name)
HAS_AGENT = "Agent" in __all__

AGENT_MISSING = (
    "this copy of edgemote has no agent (edgemote/agent): make a bundle without --client-only, "
    "with `edgemote-codegen bundle --target TARGET`, and copy that"
)

try:
    import aws  # noqa: F401 - only the package itself: its parts are loaded late
except ModuleNotFoundError as error:
    if error.name != "aws":
        raise
    raise ImportError(
        "there are no generated clients (package aws): run `edgemote-codegen generate SERVICE`, "
        "and put the folder `generated` on PYTHONPATH",
        name="aws",
    ) from None

# Loaded when first asked for: a bundle with a broken file can still be verified, and a script that
# needs the errors alone does not load the client.
_HOMES = {
    "aws.errors": ("EndpointError", "Error", "ServiceError", "ValidationError"),
    "aws.sigv4": ("Credentials",),
    "edgemote.agent.agent": ("Agent",),
    "edgemote.client.connect": ("connect",),
    "edgemote.clock": ("Clock",),
    "edgemote.credentials.client_certificate": ("ClientCertificate",),
    "edgemote.credentials.iot_role_alias": ("IotRoleAlias",),
}


def __getattr__(name: str) -> object:
    if name == "s3":
        try:
            return __import__("edgemote.s3", fromlist=("s3",))
        except ModuleNotFoundError as error:
            if error.name != "edgemote.s3":
                raise
            from edgemote.errors import describe_missing

            raise ImportError(describe_missing("transfers"), name=error.name) from None
    if name not in __all__ and name not in _LACKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "edgemote.errors")
    # Not importlib.import_module, which loads importlib for it.
    try:
        value: object = getattr(__import__(home, fromlist=(name,)), name)
    except ModuleNotFoundError as error:
        if error.name == "edgemote.agent":
            raise ImportError(AGENT_MISSING, name=error.name) from None
        if error.name == home:
            raise ImportError(
                f"this bundle has no {name}, since none of its services takes one: bundle again "
                "with those that you call",
                name=home,
            ) from None
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
