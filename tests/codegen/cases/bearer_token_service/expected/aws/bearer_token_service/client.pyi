# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_service=model.json bearer_token_service` writes it anew.
# Model bearer_token_service, API version 2020-01-01,
# sha256 f94f2166397f6e1350acc9b143a6ae20dda7cd445a213fd82693c27206b14d7f
"""Operations and client of Tokens."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

GET: Operation[shapes.GetResponse]

class _Exceptions:
    Refused: type[errors.Refused]

class Tokens(Client):
    """Client of Tokens. `edgemote.connect(Tokens)` makes it."""

    exceptions: _Exceptions

    def get(self, **params: Unpack[_params.GetParams]) -> shapes.GetResponse:
        """Get.

        Raises Refused.

        https://docs.aws.amazon.com/goto/WebAPI/tokens-2020-01-01/Get
        """
