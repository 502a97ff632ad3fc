# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 c5bb3e94721d374806e1e6e9918795d541ddc0a77aeff6042c5a893a4b2a236c
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
