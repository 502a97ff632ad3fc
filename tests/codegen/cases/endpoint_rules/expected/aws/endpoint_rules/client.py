# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json
# endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 210c8cd0af61558b6e1b61b359e1ef26d7285df658401dfb17280b8c3a3930e5
"""Operations and client of Endpoint Rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

GET_STREAM: Operation[None] = Operation(
    name="GetStream",
    path="/GetStream",
    input=shapes.GetStreamRequest,
    endpoint_values={"kind": "control"},
    endpoint_members={"stream_arn": "StreamARN"},
)

GET_STREAMS: Operation[None] = Operation(
    name="GetStreams",
    path="/GetStreams",
    input=shapes.GetStreamsRequest,
    endpoint_members={"names": "StreamNames"},
)

LIST_STREAMS: Operation[None] = Operation(
    name="ListStreams",
    path="/ListStreams",
)


class EndpointRules(Client):
    """Client of Endpoint Rules. `edgemote.connect(EndpointRules)` makes it."""

    exceptions = errors
    service = Service(
        name="endpoint_rules",
        service_id="Endpoint Rules",
        signing_name="endpoint-rules",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_stream(self, **params: Unpack[_params.GetStreamParams]) -> None:
        """GetStream.

        https://docs.aws.amazon.com/goto/WebAPI/endpoint-rules-2020-01-01/GetStream
        """
        self._call(GET_STREAM, params)

    def get_streams(self, **params: Unpack[_params.GetStreamsParams]) -> None:
        """GetStreams.

        https://docs.aws.amazon.com/goto/WebAPI/endpoint-rules-2020-01-01/GetStreams
        """
        self._call(GET_STREAMS, params)

    def list_streams(self) -> None:
        """ListStreams.

        https://docs.aws.amazon.com/goto/WebAPI/endpoint-rules-2020-01-01/ListStreams
        """
        self._call(LIST_STREAMS, {})
