# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_or_signature=model.json bearer_token_or_signature` writes it anew.
# Model bearer_token_or_signature, API version 2020-01-01,
# sha256 1536a596b33a15af80b73da3df12ac01e684e544c2ccf035aa0968d261821f76
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
