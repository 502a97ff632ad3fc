# Generated, do not edit: `python -m edgemote_codegen generate --model bearer_token=model.json
# bearer_token` writes it anew.
# Model bearer_token, API version 2020-01-01,
# sha256 3c1a44b9cabe365ba50136606f8187e3cb41e20ee64a3e7c0c2003703455aee9
"""Operations and client of Tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

GET = Operation(
    name="Get",
    path="/Get",
    input=shapes.GetRequest,
    output=shapes.GetResponse,
    auth=("bearer",),
)


class Tokens(Client):
    """Client of Tokens. `edgemote.connect(Tokens)` makes it."""

    exceptions = errors
    service = Service(
        name="bearer_token",
        service_id="Tokens",
        signing_name="tokens",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
        auth=("sigv4", "bearer"),
    )

    def get(self, **params: Unpack[_params.GetParams]) -> shapes.GetResponse:
        """Get.

        Raises Refused.

        https://docs.aws.amazon.com/goto/WebAPI/tokens-2020-01-01/Get
        """
        return self._call(GET, params)
