# Generated, do not edit: `python -m edgemote_codegen generate --model renamed_members=model.json
# renamed_members` writes it anew.
# Model renamed_members, API version 2020-01-01,
# sha256 70028c645b5f3c95042e1151152ff63180ecf333354d2ccd9ce504b8fd127333
"""Client of Renamed Members; client.pyi has its types and documentation."""

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


class RenamedMembers(Client):
    exceptions = errors
    service = Service(
        name="renamed_members",
        service_id="Renamed Members",
        signing_name="renamed-members",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        return self._call(PUT, params)
