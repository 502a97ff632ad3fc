# Generated, do not edit: `python -m edgemote_codegen generate --model rpc_v2=model.json rpc_v2`
# writes it anew.
# Model rpc_v2, API version 2020-01-01,
# sha256 f9d84d178ba1aab5c740c16886c64d52229e505b41b6b4a927e3c14aea2eda3d
"""Client of Rpc V2; client.pyi has its types and documentation."""

from .. import rpc_v2_cbor
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)

PING = Operation(
    name="Ping",
)


class RpcV2(Client):
    exceptions = errors
    service = Service(
        name="rpc_v2",
        service_id="Rpc V2",
        signing_name="rpc-v2",
        api_version="2020-01-01",
        protocol=rpc_v2_cbor,
        resolve=resolve,
        errors=errors,
        target_prefix="Example",
        query_compatible=True,
    )

    def put(self, **params):
        return self._call(PUT, params)

    def ping(self):
        self._call(PING, {})
