# Generated, do not edit: `python -m edgemote_codegen generate --model constraints=model.json
# constraints` writes it anew.
# Model constraints, API version 2020-01-01,
# sha256 fad140c6f524a116f3d9681c55649f3b2c6d3b84ce8e6eb5b2204804d0c4134b
"""Client of Constraints; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    path="/Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)


class Constraints(Client):
    exceptions = errors
    service = Service(
        name="constraints",
        service_id="Constraints",
        signing_name="constraints",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        return self._call(PUT, params)
