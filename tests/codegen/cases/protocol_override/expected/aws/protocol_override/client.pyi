# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_override=model.json
# --protocol protocol_override=smithy-rpc-v2-cbor protocol_override` writes it anew.
# Model protocol_override, API version 2020-01-01,
# sha256 cb994b2e933582c5389d2f53f2a86411ae1037d913a19bc90e4e05bacc84cc47
"""Operations and client of Protocol Override."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT: Operation[None]

class ProtocolOverride(Client):
    """Client of Protocol Override. `edgemote.connect(ProtocolOverride)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/protocol-override-2020-01-01/Put
        """
