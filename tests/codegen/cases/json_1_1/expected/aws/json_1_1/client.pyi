# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_1=model.json json_1_1`
# writes it anew.
# Model json_1_1, API version 2020-01-01,
# sha256 eadebb7ec4e0f46cafff27fb4352b13fe574a5f38025010c014f424ef2b31af8
"""Operations and client of Json 1 1."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]
PING: Operation[None]

class Json11(Client):
    """Client of Json 1 1. `edgemote.connect(Json11)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/json-1-1-2020-01-01/Put
        """

    def ping(self) -> None:
        """Ping.

        https://docs.aws.amazon.com/goto/WebAPI/json-1-1-2020-01-01/Ping
        """
