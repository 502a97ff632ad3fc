# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""Client of Paths; client.pyi has its types and documentation."""

from .. import member_paths, rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

BATCH_READ = Operation(
    name="BatchRead",
    path="/BatchRead",
    input=shapes.ItemsRequest,
    endpoint_members={"names": member_paths.follow("Items", "[*]", "Get", "Name")},
)

FIND_BY_NAME = Operation(
    name="FindByName",
    path="/FindByName",
    input=shapes.ByNameRequest,
    endpoint_members={"names": member_paths.follow("ByName", "keys()")},
)

READ_STREAM = Operation(
    name="ReadStream",
    path="/ReadStream",
    input=shapes.StreamRequest,
    endpoint_values={"kind": "control"},
    endpoint_members={"stream_arn": member_paths.follow("Source", "from")},
)

TRANSACT = Operation(
    name="Transact",
    path="/Transact",
    input=shapes.ItemsRequest,
    endpoint_members={
        "names": member_paths.follow("Items", "[*]", (("Get", "Name"), ("Put", "Name")))
    },
)


class Paths(Client):
    exceptions = errors
    service = Service(
        name="endpoint_parameter_paths",
        service_id="Paths",
        signing_name="paths",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def batch_read(self, **params):
        self._call(BATCH_READ, params)

    def find_by_name(self, **params):
        self._call(FIND_BY_NAME, params)

    def read_stream(self, **params):
        self._call(READ_STREAM, params)

    def transact(self, **params):
        self._call(TRANSACT, params)
