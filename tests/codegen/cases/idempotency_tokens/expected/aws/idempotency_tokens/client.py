# Generated, do not edit: `python -m edgemote_codegen generate --model idempotency_tokens=model.json
# idempotency_tokens` writes it anew.
# Model idempotency_tokens, API version 2020-01-01,
# sha256 03f311f1f2128ca57e46e247b49b011023003a01583837601bb674b57cc3133b
"""Operations and client of Idempotency Tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

START_JOB: Operation[None] = Operation(
    name="StartJob",
    path="/StartJob",
    input=shapes.StartJobRequest,
    token="ClientToken",
)


class IdempotencyTokens(Client):
    """Client of Idempotency Tokens. `edgemote.connect(IdempotencyTokens)` makes it."""

    exceptions = errors
    service = Service(
        name="idempotency_tokens",
        service_id="Idempotency Tokens",
        signing_name="idempotency-tokens",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def start_job(self, **params: Unpack[_params.StartJobParams]) -> None:
        """StartJob.

        https://docs.aws.amazon.com/goto/WebAPI/idempotency-tokens-2020-01-01/StartJob
        """
        self._call(START_JOB, params)
