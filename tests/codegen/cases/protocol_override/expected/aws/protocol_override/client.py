# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_override=model.json
# --protocol protocol_override=smithy-rpc-v2-cbor protocol_override` writes it anew.
# Model protocol_override, API version 2020-01-01,
# sha256 cb994b2e933582c5389d2f53f2a86411ae1037d913a19bc90e4e05bacc84cc47
"""Client of Protocol Override; client.pyi has its types and documentation."""

from .. import rpc_v2_cbor
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
)


class ProtocolOverride(Client):
    exceptions = errors
    service = Service(
        name="protocol_override",
        service_id="Protocol Override",
        signing_name="protocol-override",
        api_version="2020-01-01",
        protocol=rpc_v2_cbor,
        resolve=resolve,
        errors=errors,
        target_prefix="Example",
    )

    def put(self, **params):
        self._call(PUT, params)
