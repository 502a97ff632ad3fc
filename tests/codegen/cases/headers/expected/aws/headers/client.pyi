# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""Operations and client of Headers."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_THING: Operation[shapes.PutThingResponse]

class Headers(Client):
    """Client of Headers. `edgemote.connect(Headers)` makes it."""

    exceptions = errors

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> shapes.PutThingResponse:
        """PutThing.

        https://docs.aws.amazon.com/goto/WebAPI/headers-2020-01-01/PutThing
        """
