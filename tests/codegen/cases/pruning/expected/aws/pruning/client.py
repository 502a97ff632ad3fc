# Generated, do not edit: `python -m edgemote_codegen generate --model pruning=model.json
# pruning:GetThing` writes it anew.
# Model pruning, API version 2020-01-01,
# sha256 77e42165f154a0ebd254c337f768ea2ca947c3f9ba152b474c5c4f17ec40c919
"""Client of Pruning; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET_THING = Operation(
    name="GetThing",
    path="/GetThing",
    input=shapes.GetThingRequest,
    output=shapes.GetThingResponse,
)


class Pruning(Client):
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

    def get_thing(self, **params):
        return self._call(GET_THING, params)
