# Generated, do not edit: `python -m edgemote_codegen generate --model
# one_name_in_head_and_body=model.json one_name_in_head_and_body` writes it anew.
# Model one_name_in_head_and_body, API version 2020-01-01,
# sha256 4f6c89d32feef8abf44e3c26858f19ec6bc105531ce9f9ff8c7d2cae8face3eb
"""Client of One Name In Head And Body; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    path="/things/{http_method}",
    input=shapes.PutRequest,
    labels={"http_method": "httpMethod"},
    output=shapes.PutResponse,
    result_headers={"x-amz-id": "Id"},
)


class OneNameInHeadAndBody(Client):
    exceptions = errors
    service = Service(
        name="one_name_in_head_and_body",
        service_id="One Name In Head And Body",
        signing_name="one-name-in-head-and-body",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        return self._call(PUT, params)
