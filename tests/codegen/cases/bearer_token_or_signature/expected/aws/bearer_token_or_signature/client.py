# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_or_signature=model.json bearer_token_or_signature` writes it anew.
# Model bearer_token_or_signature, API version 2020-01-01,
# sha256 1536a596b33a15af80b73da3df12ac01e684e544c2ccf035aa0968d261821f76
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
        name="bearer_token_or_signature",
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
