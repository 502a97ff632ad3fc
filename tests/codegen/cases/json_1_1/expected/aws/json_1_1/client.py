# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_1=model.json json_1_1`
# writes it anew.
# Model json_1_1, API version 2020-01-01,
# sha256 eadebb7ec4e0f46cafff27fb4352b13fe574a5f38025010c014f424ef2b31af8
"""Client of Json 1 1; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)

PING = Operation(
    name="Ping",
)


class Json11(Client):
    exceptions = errors
    service = Service(
        name="json_1_1",
        service_id="Json 1 1",
        signing_name="put-signing",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Example_20200101",
        json_version="1.1",
    )

    def put(self, **params):
        return self._call(PUT, params)

    def ping(self):
        self._call(PING, {})
