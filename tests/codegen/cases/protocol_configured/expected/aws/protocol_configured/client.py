# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model protocol_configured, API version 2020-01-01,
# sha256 5806ef5e49ff58e9d5448d4849e61f574c4a123ffd6617fa2ac1cf2b1bfc1059
"""Operations and client of Protocol Configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rpc_v2_cbor
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT: Operation[None] = Operation(
    name="Put",
    input=shapes.PutRequest,
)


class ProtocolConfigured(Client):
    """Client of Protocol Configured. `edgemote.connect(ProtocolConfigured)` makes it."""

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

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/protocol-configured-2020-01-01/Put
        """
        self._call(PUT, params)
