# Generated, do not edit: `python -m edgemote_codegen generate --model host_prefixes=model.json
# host_prefixes` writes it anew.
# Model host_prefixes, API version 2020-01-01,
# sha256 a7d2f242fd7e8445dbec1e3c795b440f20824a6af333ab228a86933e73e757be
"""Client of Host Prefixes; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET_CONTROL = Operation(
    name="GetControl",
    method="GET",
    path="/control",
    host_prefix="control.",
)

GET_ACCOUNT = Operation(
    name="GetAccount",
    method="GET",
    path="/account",
    host_prefix="{AccountId}.data-",
    input=shapes.GetAccountRequest,
    headers={"x-amz-account-id": "AccountId"},
)


class HostPrefixes(Client):
    exceptions = errors
    service = Service(
        name="host_prefixes",
        service_id="Host Prefixes",
        signing_name="host-prefixes",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_control(self):
        self._call(GET_CONTROL, {})

    def get_account(self, **params):
        self._call(GET_ACCOUNT, params)
