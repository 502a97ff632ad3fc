# Generated, do not edit: `python -m edgemote_codegen generate --model rpc_v2=model.json rpc_v2`
# writes it anew.
# Model rpc_v2, API version 2020-01-01,
# sha256 f9d84d178ba1aab5c740c16886c64d52229e505b41b6b4a927e3c14aea2eda3d
"""Operations and client of Rpc V2."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]
PING: Operation[None]

class RpcV2(Client):
    """Client of Rpc V2. `edgemote.connect(RpcV2)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/rpc-v2-2020-01-01/Put
        """

    def ping(self) -> None:
        """Ping.

        https://docs.aws.amazon.com/goto/WebAPI/rpc-v2-2020-01-01/Ping
        """
