# Generated, do not edit: `python -m edgemote_codegen generate --model bearer_token=model.json
# bearer_token` writes it anew.
# Model bearer_token, API version 2020-01-01,
# sha256 3c1a44b9cabe365ba50136606f8187e3cb41e20ee64a3e7c0c2003703455aee9
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
    auth=("bearer",),
)


class Tokens(Client):
    exceptions = errors
    service = Service(
        name="bearer_token",
        service_id="Tokens",
        signing_name="tokens",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
        auth=("sigv4", "bearer"),
    )

    def get(self, **params):
        return self._call(GET, params)
