# Generated, do not edit: `python -m edgemote_codegen generate --model query_forms=model.json
# query_forms` writes it anew.
# Model query_forms, API version 2020-01-01,
# sha256 0f709d51f4ebc71c5896d302055a709a8628091319dd89e02bbf620927c3d8fa
"""Operations and client of Query Forms."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_THING: Operation[shapes.PutThingResult]

class _Exceptions:
    NoSuchThing: type[errors.NoSuchThing]

class QueryForms(Client):
    """Client of Query Forms. `edgemote.connect(QueryForms)` makes it."""

    exceptions: _Exceptions

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> shapes.PutThingResult:
        """PutThing.

        Raises NoSuchThing.

        https://docs.aws.amazon.com/goto/WebAPI/query-forms-2020-01-01/PutThing
        """
