# Generated, do not edit: `python -m edgemote_codegen generate --model idempotency_tokens=model.json
# idempotency_tokens` writes it anew.
# Model idempotency_tokens, API version 2020-01-01,
# sha256 03f311f1f2128ca57e46e247b49b011023003a01583837601bb674b57cc3133b
"""Client of Idempotency Tokens; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

START_JOB = Operation(
    name="StartJob",
    path="/StartJob",
    input=shapes.StartJobRequest,
    token="ClientToken",
)


class IdempotencyTokens(Client):
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

    def start_job(self, **params):
        self._call(START_JOB, params)
