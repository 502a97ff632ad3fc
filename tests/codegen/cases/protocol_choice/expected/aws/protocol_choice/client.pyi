# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_choice=model.json
# protocol_choice` writes it anew.
# Model protocol_choice, API version 2020-01-01,
# sha256 b4dfcbd5b7f8f63d9c7f7313b11a85abbf59b301e0e55b8044df24940a070206
"""Operations and client of Protocol Choice."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT: Operation[None]

class ProtocolChoice(Client):
    """Client of Protocol Choice. `edgemote.connect(ProtocolChoice)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/protocol-choice-2020-01-01/Put
        """
