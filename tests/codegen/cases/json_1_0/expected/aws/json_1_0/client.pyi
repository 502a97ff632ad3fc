# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_0=model.json json_1_0`
# writes it anew.
# Model json_1_0, API version 2020-01-01,
# sha256 b1528ef67c00142783cb5784885ab6bb103ef7e1ffa9b2393fc18c26c0f371f2
"""Operations and client of Json 1 0."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]

class _Exceptions:
    Bad: type[errors.Bad]

class Json10(Client):
    """Client of Json 1 0. `edgemote.connect(Json10)` makes it."""

    exceptions: _Exceptions

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        Raises Bad.

        https://docs.aws.amazon.com/goto/WebAPI/json-1-0-2020-01-01/Put
        """
