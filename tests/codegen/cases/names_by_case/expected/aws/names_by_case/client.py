# Generated, do not edit: `python -m edgemote_codegen generate --model names_by_case=model.json
# names_by_case` writes it anew.
# Model names_by_case, API version 2020-01-01,
# sha256 5418d859c16b490de652bebddcf9931d9c18cdfd75c3175f7bc70d81740dea1d
"""Client of Names By Case; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET_THING = Operation(
    name="GetThing",
    path="/a",
    input=shapes.GetThing,
    output=shapes.getThing,
)

GETTHING = Operation(
    name="getthing",
    path="/b",
    input=shapes.Getthing,
)

GETTHING_ = Operation(
    name="GETTHING",
    path="/c",
    input=shapes.GET_THING_,
)


class NamesByCase(Client):
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

    def get_thing(self, **params):
        return self._call(GET_THING, params)

    def getthing(self, **params):
        self._call(GETTHING, params)

    def getthing_(self, **params):
        self._call(GETTHING_, params)
