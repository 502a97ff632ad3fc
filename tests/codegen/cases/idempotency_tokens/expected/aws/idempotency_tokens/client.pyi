# Generated, do not edit: `python -m edgemote_codegen generate --model idempotency_tokens=model.json
# idempotency_tokens` writes it anew.
# Model idempotency_tokens, API version 2020-01-01,
# sha256 03f311f1f2128ca57e46e247b49b011023003a01583837601bb674b57cc3133b
"""Operations and client of Idempotency Tokens."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

START_JOB: Operation[None]

class IdempotencyTokens(Client):
    """Client of Idempotency Tokens. `edgemote.connect(IdempotencyTokens)` makes it."""

    exceptions = errors

    def start_job(self, **params: Unpack[_params.StartJobParams]) -> None:
        """StartJob.

        https://docs.aws.amazon.com/goto/WebAPI/idempotency-tokens-2020-01-01/StartJob
        """
