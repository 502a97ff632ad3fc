# Generated, do not edit: `python -m edgemote_codegen generate --model names_by_case=model.json
# names_by_case` writes it anew.
# Model names_by_case, API version 2020-01-01,
# sha256 5418d859c16b490de652bebddcf9931d9c18cdfd75c3175f7bc70d81740dea1d
"""Operations and client of Names By Case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

GET_THING = Operation(
    name="GetThing",
    path="/a",
    input=shapes.GetThing,
    output=shapes.getThing,
)

GETTHING: Operation[None] = Operation(
    name="getthing",
    path="/b",
    input=shapes.Getthing,
)

GETTHING_: Operation[None] = Operation(
    name="GETTHING",
    path="/c",
    input=shapes.GET_THING_,
)


class NamesByCase(Client):
    """Client of Names By Case. `edgemote.connect(NamesByCase)` makes it."""

    exceptions = errors
    service = Service(
        name="names_by_case",
        service_id="Names By Case",
        signing_name="names-by-case",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_thing(self, **params: Unpack[_params.GetThingParams]) -> shapes.getThing:
        """GetThing.

        https://docs.aws.amazon.com/goto/WebAPI/names-by-case-2020-01-01/GetThing
        """
        return self._call(GET_THING, params)

    def getthing(self, **params: Unpack[_params.getthingParams]) -> None:
        """getthing.

        https://docs.aws.amazon.com/goto/WebAPI/names-by-case-2020-01-01/getthing
        """
        self._call(GETTHING, params)

    def getthing_(self, **params: Unpack[_params.GETTHINGParams]) -> None:
        """GETTHING.

        https://docs.aws.amazon.com/goto/WebAPI/names-by-case-2020-01-01/GETTHING
        """
        self._call(GETTHING_, params)
