# Generated, do not edit: `python -m edgemote_codegen generate --model sensitive_members=model.json
# sensitive_members` writes it anew.
# Model sensitive_members, API version 2020-01-01,
# sha256 f4c3a80f0c87d5163d2205cf362d8c0fce1d27850c4ce7ef00f4e8035c022a21
"""Client of Sensitive Members; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_SECRET = Operation(
    name="PutSecret",
    path="/PutSecret",
    input=shapes.PutSecretRequest,
    output=shapes.PutSecretResponse,
)


class SensitiveMembers(Client):
    exceptions = errors
    service = Service(
        name="sensitive_members",
        service_id="Sensitive Members",
        signing_name="sensitive-members",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_secret(self, **params):
        return self._call(PUT_SECRET, params)
