# Generated, do not edit: `python -m edgemote_codegen generate --model pruning=model.json
# pruning:GetThing` writes it anew.
# Model pruning, API version 2020-01-01,
# sha256 77e42165f154a0ebd254c337f768ea2ca947c3f9ba152b474c5c4f17ec40c919
"""Operations and client of Pruning."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

GET_THING: Operation[shapes.GetThingResponse]

class _Exceptions:
    NotFound: type[errors.NotFound]

class Pruning(Client):
    """Client of Pruning. `edgemote.connect(Pruning)` makes it."""

    exceptions: _Exceptions

    def get_thing(self, **params: Unpack[_params.GetThingParams]) -> shapes.GetThingResponse:
        """GetThing.

        Raises NotFound.

        https://docs.aws.amazon.com/goto/WebAPI/pruning-2020-01-01/GetThing
        """
