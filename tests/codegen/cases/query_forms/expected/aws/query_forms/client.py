# Generated, do not edit: `python -m edgemote_codegen generate --model query_forms=model.json
# query_forms` writes it anew.
# Model query_forms, API version 2020-01-01,
# sha256 0f709d51f4ebc71c5896d302055a709a8628091319dd89e02bbf620927c3d8fa
"""Client of Query Forms; client.pyi has its types and documentation."""

from .. import aws_query
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_THING = Operation(
    name="PutThing",
    static_query="Action=PutThing&Version=2020-01-01",
    input=shapes.PutThingRequest,
    output=shapes.PutThingResult,
    result_wrapper="PutThingResult",
)


class QueryForms(Client):
    exceptions = errors
    service = Service(
        name="query_forms",
        service_id="Query Forms",
        signing_name="query-forms",
        api_version="2020-01-01",
        protocol=aws_query,
        resolve=resolve,
        errors=errors,
    )

    def put_thing(self, **params):
        return self._call(PUT_THING, params)
