# Generated, do not edit: `python -m edgemote_codegen generate --model constraints=model.json
# constraints` writes it anew.
# Model constraints, API version 2020-01-01,
# sha256 fad140c6f524a116f3d9681c55649f3b2c6d3b84ce8e6eb5b2204804d0c4134b
"""Operations and client of Constraints."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]

class Constraints(Client):
    """Client of Constraints. `edgemote.connect(Constraints)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/constraints-2020-01-01/Put
        """
