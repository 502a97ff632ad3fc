# Generated, do not edit: `python -m edgemote_codegen generate --model rpc_v2=model.json rpc_v2`
# writes it anew.
# Model rpc_v2, API version 2020-01-01,
# sha256 f9d84d178ba1aab5c740c16886c64d52229e505b41b6b4a927e3c14aea2eda3d
"""Operations and client of Rpc V2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rpc_v2_cbor
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)

PING: Operation[None] = Operation(
    name="Ping",
)


class RpcV2(Client):
    """Client of Rpc V2. `edgemote.connect(RpcV2)` makes it."""

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

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/rpc-v2-2020-01-01/Put
        """
        return self._call(PUT, params)

    def ping(self) -> None:
        """Ping.

        https://docs.aws.amazon.com/goto/WebAPI/rpc-v2-2020-01-01/Ping
        """
        self._call(PING, {})
