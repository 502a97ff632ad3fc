# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 2871b009fe7e038527e4c5de1bf1096e72716931d997e51d90e8664ae84267fd
"""Client of Left Out; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET = Operation(
    name="Get",
    path="/Get",
    output=shapes.GetResponse,
)

OPEN = Operation(
    name="Open",
    method="GET",
    path="/Open",
    auth=(),
)


class LeftOut(Client):
    exceptions = errors
    service = Service(
        name="left_out",
        service_id="Left Out",
        signing_name="left-out",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get(self):
        return self._call(GET, {})

    def open(self):
        self._call(OPEN, {})
