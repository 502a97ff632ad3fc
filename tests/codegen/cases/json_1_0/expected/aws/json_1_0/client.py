# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_0=model.json json_1_0`
# writes it anew.
# Model json_1_0, API version 2020-01-01,
# sha256 b1528ef67c00142783cb5784885ab6bb103ef7e1ffa9b2393fc18c26c0f371f2
"""Client of Json 1 0; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)


class Json10(Client):
    exceptions = errors
    service = Service(
        name="json_1_0",
        service_id="Json 1 0",
        signing_name="json-1-0",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Example_20200101",
        json_version="1.0",
    )

    def put(self, **params):
        return self._call(PUT, params)
