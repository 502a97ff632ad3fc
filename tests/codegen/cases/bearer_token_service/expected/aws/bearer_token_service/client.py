# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_service=model.json bearer_token_service` writes it anew.
# Model bearer_token_service, API version 2020-01-01,
# sha256 f94f2166397f6e1350acc9b143a6ae20dda7cd445a213fd82693c27206b14d7f
"""Client of Tokens; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET = Operation(
    name="Get",
    path="/Get",
    input=shapes.GetRequest,
    output=shapes.GetResponse,
)


class Tokens(Client):
    exceptions = errors
    service = Service(
        name="bearer_token_service",
        service_id="Tokens",
        signing_name="tokens",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
        auth=("bearer",),
    )

    def get(self, **params):
        return self._call(GET, params)
