# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json
# endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 210c8cd0af61558b6e1b61b359e1ef26d7285df658401dfb17280b8c3a3930e5
"""Operations and client of Endpoint Rules."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

GET_STREAM: Operation[None]
GET_STREAMS: Operation[None]
LIST_STREAMS: Operation[None]

class EndpointRules(Client):
    """Client of Endpoint Rules. `edgemote.connect(EndpointRules)` makes it."""

    exceptions = errors

    def get_stream(self, **params: Unpack[_params.GetStreamParams]) -> None:
        """GetStream.

        https://docs.aws.amazon.com/goto/WebAPI/endpoint-rules-2020-01-01/GetStream
        """

    def get_streams(self, **params: Unpack[_params.GetStreamsParams]) -> None:
        """GetStreams.

        https://docs.aws.amazon.com/goto/WebAPI/endpoint-rules-2020-01-01/GetStreams
        """

    def list_streams(self) -> None:
        """ListStreams.

        https://docs.aws.amazon.com/goto/WebAPI/endpoint-rules-2020-01-01/ListStreams
        """
