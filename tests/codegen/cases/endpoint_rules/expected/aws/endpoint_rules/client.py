# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json
# endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 210c8cd0af61558b6e1b61b359e1ef26d7285df658401dfb17280b8c3a3930e5
"""Client of Endpoint Rules; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET_STREAM = Operation(
    name="GetStream",
    path="/GetStream",
    input=shapes.GetStreamRequest,
    endpoint_values={"kind": "control"},
    endpoint_members={"stream_arn": "StreamARN"},
)

GET_STREAMS = Operation(
    name="GetStreams",
    path="/GetStreams",
    input=shapes.GetStreamsRequest,
    endpoint_members={"names": "StreamNames"},
)

LIST_STREAMS = Operation(
    name="ListStreams",
    path="/ListStreams",
)


class EndpointRules(Client):
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

    def get_stream(self, **params):
        self._call(GET_STREAM, params)

    def get_streams(self, **params):
        self._call(GET_STREAMS, params)

    def list_streams(self):
        self._call(LIST_STREAMS, {})
