# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 2871b009fe7e038527e4c5de1bf1096e72716931d997e51d90e8664ae84267fd
"""Operations and client of Left Out."""

from __future__ import annotations

from .. import rest_json
from ..operation import Client, Operation, Service
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
    auth=(),
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
    # Bear: signing by aws.auth#sigv4a is not supported
