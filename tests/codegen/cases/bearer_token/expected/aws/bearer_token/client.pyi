# Generated, do not edit: `python -m edgemote_codegen generate --model bearer_token=model.json
# bearer_token` writes it anew.
# Model bearer_token, API version 2020-01-01,
# sha256 3c1a44b9cabe365ba50136606f8187e3cb41e20ee64a3e7c0c2003703455aee9
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
