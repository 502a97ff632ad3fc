# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_or_signature=model.json bearer_token_or_signature` writes it anew.
# Model bearer_token_or_signature, API version 2020-01-01,
# sha256 1536a596b33a15af80b73da3df12ac01e684e544c2ccf035aa0968d261821f76
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
)


class Tokens(Client):
    """Client of Tokens. `edgemote.connect(Tokens)` makes it."""

    exceptions = errors
    service = Service(
        name="bearer_token_or_signature",
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
