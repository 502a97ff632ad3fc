# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 8833106467ef4e5c24a1c0234ba9009fa030d457fc6e60d63f0e939c53ab8844
"""Client of Member And Struct Names; client.pyi has its types and documentation."""

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


class MemberAndStructNames(Client):
    exceptions = errors
    service = Service(
        name="member_and_struct_names",
        service_id="Member And Struct Names",
        signing_name="member-and-struct-names",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        return self._call(PUT, params)
