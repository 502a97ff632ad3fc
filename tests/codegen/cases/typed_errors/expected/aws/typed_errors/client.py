# Generated, do not edit: `python -m edgemote_codegen generate --model typed_errors=model.json
# typed_errors` writes it anew.
# Model typed_errors, API version 2020-01-01,
# sha256 a9276b501cd3cff66973ba5c57d866fb638a2fda69489df605e99a912cd2ce60
"""Client of Service Errors; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors
from .endpoint import resolve

GET = Operation(
    name="Get",
    path="/Get",
)


class ServiceErrors(Client):
    exceptions = errors
    service = Service(
        name="typed_errors",
        service_id="Service Errors",
        signing_name="service-errors",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get(self):
        self._call(GET, {})
