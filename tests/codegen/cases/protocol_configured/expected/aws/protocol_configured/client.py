# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model protocol_configured, API version 2020-01-01,
# sha256 5806ef5e49ff58e9d5448d4849e61f574c4a123ffd6617fa2ac1cf2b1bfc1059
"""Client of Protocol Configured; client.pyi has its types and documentation."""

from .. import rpc_v2_cbor
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
)


class ProtocolConfigured(Client):
    exceptions = errors
    service = Service(
        name="protocol_configured",
        service_id="Protocol Configured",
        signing_name="protocol-configured",
        api_version="2020-01-01",
        protocol=rpc_v2_cbor,
        resolve=resolve,
        errors=errors,
        target_prefix="Example",
    )

    def put(self, **params):
        self._call(PUT, params)
