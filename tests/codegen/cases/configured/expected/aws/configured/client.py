# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model configured, API version 2020-01-01,
# sha256 b8d8343b228a3bb6e862248dce37c0d4f34402e7943b516721a0623202779588
"""Client of Configured; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET = Operation(
    name="Get",
    path="/Get",
    input=shapes.GetRequest,
)


class Configured(Client):
    exceptions = errors
    service = Service(
        name="configured",
        service_id="Configured",
        signing_name="configured",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get(self, **params):
        self._call(GET, params)
