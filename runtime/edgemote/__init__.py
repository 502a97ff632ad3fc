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
    from edgemote.client.log import ResponseMetadata as ResponseMetadata
    from edgemote.client.log import set_log as set_log
    from edgemote.client.log import with_response as with_response
    from edgemote.client.session import Session as Session
    from edgemote.clock import Clock
    from edgemote.credentials.client_certificate import ClientCertificate
    from edgemote.credentials.iot_role_alias import IotRoleAlias
    from edgemote.credentials.roles import AssumeRole as AssumeRole
    from edgemote.credentials.roles import WebIdentity as WebIdentity
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

# Names that a bundle may lack, because `from edgemote import *` fails if one cannot be loaded.
_LACKED = {"Agent": "agent", "ClientCertificate": "credentials/client_certificate.py"}
for _name, _place in _LACKED.items():
    if not os.access(__file__.removesuffix("__init__.py") + _place, os.F_OK):
        __all__.remove(_name)
HAS_AGENT = "Agent" in __all__

AGENT_MISSING = (
    "this copy of edgemote has no agent (edgemote/agent): run `edgemote-codegen bundle --target "
    "TARGET` without --client-only, and copy that bundle to the device"
)

try:
    import aws  # only the package itself: its parts are loaded late

    if aws.__file__ is None:  # some folder of this name
        raise ModuleNotFoundError(name="aws")
except ModuleNotFoundError as error:
    if error.name != "aws":
        raise
    raise ImportError(
        "no generated clients were found (package aws): add the folder `generated` to PYTHONPATH; "
        "if there is none, run `edgemote-codegen init SERVICE` and `edgemote-codegen generate`",
        name="aws",
    ) from None

# Loaded when first used, so that a bundle with a broken file can still be verified, and a script
# that only needs the errors does not load the client.
_HOMES = {
    "aws.errors": ("EndpointError", "Error", "ServiceError", "ValidationError"),
    "aws.sigv4": ("Credentials",),
    "edgemote.agent.agent": ("Agent",),
    "edgemote.client.connect": ("connect",),
    "edgemote.clock": ("Clock",),
    "edgemote.credentials.client_certificate": ("ClientCertificate",),
    "edgemote.credentials.iot_role_alias": ("IotRoleAlias",),
}
# The same for features, which a bundle contains on request. They are not in __all__, because it
# would cost time at each start to find out whether they are included.
_FEATURES = {
    "edgemote.client.log": ("log", "set_log", "with_response", "ResponseMetadata"),
    "edgemote.client.session": ("session", "Session"),
    "edgemote.credentials.roles": ("", "AssumeRole", "WebIdentity"),
    "edgemote.s3": ("transfers", "s3"),
}


def __getattr__(name: str) -> object:
    homes = _HOMES if name in __all__ or name in _LACKED else _FEATURES
    home = next((home for home, names in homes.items() if name in names), "edgemote.errors")
    if homes is _FEATURES and home not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Not importlib.import_module, which would load importlib.
    try:
        module = __import__(home, fromlist=(name,))
        value: object = module if home == f"edgemote.{name}" else getattr(module, name)
    except ModuleNotFoundError as error:
        if error.name == "edgemote.agent":
            raise ImportError(AGENT_MISSING, name=error.name) from None
        if error.name == home:
            if home in _FEATURES:
                from edgemote.errors import describe_missing

                raise ImportError(describe_missing(_FEATURES[home][0]), name=home) from None
            raise ImportError(
                f"this bundle does not contain {name}, because none of its services uses it: "
                "bundle again with the services that you call",
                name=home,
            ) from None
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
