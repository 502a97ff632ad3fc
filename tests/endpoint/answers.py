"""What the endpoint answers: an Answer, or a RefusedError that becomes one."""

from __future__ import annotations

import json
from dataclasses import dataclass

# Every error that the endpoint itself decides on, with the status that AWS's JSON front ends use.
STATUS = {
    "UnrecognizedClientException": 403,
    "InvalidSignatureException": 403,
    "IncompleteSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "ExpiredTokenException": 403,
    "SerializationException": 400,
    "ValidationException": 400,
    "UnknownOperationException": 404,
    "RequestEntityTooLargeException": 413,
    "BadRequestException": 400,
    "InternalServiceException": 500,
    "InternalFailure": 500,
    "ThrottlingException": 400,
}

# Errors of the model: the front end adds a namespace after a colon, and the member is `Message`.
MODELLED = {"InternalServiceException"}
NAMESPACE = "http://internal.amazon.com/coral/com.amazonaws.sagemakeredge/"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before framing. `error` is the code that is recorded, None for success."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    error: str | None = None
    # Sent as chunks of this many bytes instead of with Content-Length.
    chunk_bytes: int | None = None
    # Sent ahead of the answer, e.g. 103.
    interim_status: int | None = None


class RefusedError(Exception):
    """A request that is not accepted. `detail` is kept in the store, never sent."""

    def __init__(self, code: str, message: str, *, detail: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.detail = detail

    def answer(self) -> Answer:
        return error_answer(self.code, self.message)


def json_answer(document: object) -> Answer:
    return Answer(200, json.dumps(document, separators=(",", ":")).encode())


def error_answer(
    code: str,
    message: str,
    *,
    status: int | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """The REST-JSON form of an error: the code in x-amzn-ErrorType, the text in the body."""
    modelled = code in MODELLED
    error_type = f"{code}:{NAMESPACE}" if modelled else code
    return Answer(
        status or STATUS[code],
        json.dumps({"Message" if modelled else "message": message}).encode(),
        (("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type), *headers),
        error=code,
    )
