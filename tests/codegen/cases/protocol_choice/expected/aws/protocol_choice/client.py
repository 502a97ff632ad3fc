# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_choice=model.json
# protocol_choice` writes it anew.
# Model protocol_choice, API version 2020-01-01,
# sha256 b4dfcbd5b7f8f63d9c7f7313b11a85abbf59b301e0e55b8044df24940a070206
"""Client of Protocol Choice; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
)


class ProtocolChoice(Client):
    exceptions = errors
    service = Service(
        name="protocol_choice",
        service_id="Protocol Choice",
        signing_name="protocol-choice",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Example",
        json_version="1.0",
    )

    def put(self, **params):
        self._call(PUT, params)
