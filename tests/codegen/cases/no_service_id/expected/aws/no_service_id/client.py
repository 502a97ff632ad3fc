# Generated, do not edit: `python -m edgemote_codegen generate --model no_service_id=model.json
# no_service_id` writes it anew.
# Model no_service_id, API version 2020-01-01,
# sha256 2efa19338e424f8f27cab9b874f9e9585d79d22bf1f390f793711a9301e1eaad
"""Client of No Service Id; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors
from .endpoint import resolve

PING = Operation(
    name="Ping",
    path="/Ping",
)


class NoServiceId(Client):
    exceptions = errors
    service = Service(
        name="no_service_id",
        service_id="no_service_id",
        signing_name="no-service-id",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def ping(self):
        self._call(PING, {})
