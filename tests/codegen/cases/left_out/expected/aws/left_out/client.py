# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 84fd8684abd8ff8b811ab7a73f83353fcf493d88d31580346902239506ecb839
"""Operations and client of Left Out."""

from __future__ import annotations

from aws import rest_json
from aws.operation import Client, Operation, Service

from . import errors, shapes
from .endpoint import resolve

GET = Operation(
    name="Get",
    path="/Get",
    output=shapes.GetResponse,
)

OPEN: Operation[None] = Operation(
    name="Open",
    method="GET",
    path="/Open",
    signed=False,
)


class LeftOut(Client):
    """Client of Left Out. `edgemote.connect(LeftOut)` makes it."""

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

    def get(self) -> shapes.GetResponse:
        """Get.

        https://docs.aws.amazon.com/goto/WebAPI/left-out-2020-01-01/Get
        """
        return self._call(GET, {})

    def open(self) -> None:
        """Open.

        https://docs.aws.amazon.com/goto/WebAPI/left-out-2020-01-01/Open
        """
        self._call(OPEN, {})

    # Left out:
    # Watch: event streams are not supported
    # Bear: signing by smithy.api#httpBearerAuth is not supported
