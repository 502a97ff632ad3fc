# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""Operations and client of Paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import member_paths, rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

BATCH_READ: Operation[None] = Operation(
    name="BatchRead",
    path="/BatchRead",
    input=shapes.ItemsRequest,
    endpoint_members={"names": member_paths.follow("Items", "[*]", "Get", "Name")},
)

FIND_BY_NAME: Operation[None] = Operation(
    name="FindByName",
    path="/FindByName",
    input=shapes.ByNameRequest,
    endpoint_members={"names": member_paths.follow("ByName", "keys()")},
)

READ_STREAM: Operation[None] = Operation(
    name="ReadStream",
    path="/ReadStream",
    input=shapes.StreamRequest,
    endpoint_values={"kind": "control"},
    endpoint_members={"stream_arn": member_paths.follow("Source", "from")},
)

TRANSACT: Operation[None] = Operation(
    name="Transact",
    path="/Transact",
    input=shapes.ItemsRequest,
    endpoint_members={
        "names": member_paths.follow("Items", "[*]", (("Get", "Name"), ("Put", "Name"))),
    },
)


class Paths(Client):
    """Client of Paths. `edgemote.connect(Paths)` makes it."""

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

    def batch_read(self, **params: Unpack[_params.BatchReadParams]) -> None:
        """BatchRead.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/BatchRead
        """
        self._call(BATCH_READ, params)

    def find_by_name(self, **params: Unpack[_params.FindByNameParams]) -> None:
        """FindByName.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/FindByName
        """
        self._call(FIND_BY_NAME, params)

    def read_stream(self, **params: Unpack[_params.ReadStreamParams]) -> None:
        """ReadStream.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/ReadStream
        """
        self._call(READ_STREAM, params)

    def transact(self, **params: Unpack[_params.TransactParams]) -> None:
        """Transact.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/Transact
        """
        self._call(TRANSACT, params)
