# Generated, do not edit: `python -m edgemote_codegen generate --model names_by_case=model.json
# names_by_case` writes it anew.
# Model names_by_case, API version 2020-01-01,
# sha256 5418d859c16b490de652bebddcf9931d9c18cdfd75c3175f7bc70d81740dea1d
"""Operations and client of Names By Case."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

GET_THING: Operation[shapes.getThing]
GETTHING: Operation[None]
GETTHING_: Operation[None]

class NamesByCase(Client):
    """Client of Names By Case. `edgemote.connect(NamesByCase)` makes it."""

    exceptions = errors

    def get_thing(self, **params: Unpack[_params.GetThingParams]) -> shapes.getThing:
        """GetThing.

        https://docs.aws.amazon.com/goto/WebAPI/names-by-case-2020-01-01/GetThing
        """

    def getthing(self, **params: Unpack[_params.getthingParams]) -> None:
        """getthing.

        https://docs.aws.amazon.com/goto/WebAPI/names-by-case-2020-01-01/getthing
        """

    def getthing_(self, **params: Unpack[_params.GETTHINGParams]) -> None:
        """GETTHING.

        https://docs.aws.amazon.com/goto/WebAPI/names-by-case-2020-01-01/GETTHING
        """
