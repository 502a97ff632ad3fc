# Generated, do not edit: `python -m edgemote_codegen generate --model pruning=model.json
# pruning:GetThing` writes it anew.
# Model pruning, API version 2020-01-01,
# sha256 77e42165f154a0ebd254c337f768ea2ca947c3f9ba152b474c5c4f17ec40c919
"""Operations and client of Pruning."""

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
    path="/GetThing",
    input=shapes.GetThingRequest,
    output=shapes.GetThingResponse,
)


class Pruning(Client):
    """Client of Pruning. `edgemote.connect(Pruning)` makes it."""

    exceptions = errors
    service = Service(
        name="pruning",
        service_id="Pruning",
        signing_name="pruning",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_thing(self, **params: Unpack[_params.GetThingParams]) -> shapes.GetThingResponse:
        """GetThing.

        Raises NotFound.

        https://docs.aws.amazon.com/goto/WebAPI/pruning-2020-01-01/GetThing
        """
        return self._call(GET_THING, params)
