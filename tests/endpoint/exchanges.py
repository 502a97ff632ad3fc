"""One request and what it gets: judged, done or refused, spoilt by a fault, and kept."""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from endpoint.answers import Answer, RefusedError, error_answer
from endpoint.faults import NO_FAULT, Armed, Fault, Options
from endpoint.operations import find_operation, perform
from endpoint.signatures import Key, Request, verify

if TYPE_CHECKING:
    from endpoint.server import Endpoint

SERVICE = "sagemaker"
# Headers that the store does without: they would let a reader use a token.
SECRET_HEADERS = {"authorization", "x-amz-security-token"}


@dataclass(frozen=True)
class Exchange:
    """A request with its answer, before the answer is on the wire."""

    request: Request
    answer: Answer
    armed: Armed | None
    now_s: float
    spent_s: float

    @property
    def fault(self) -> Fault:
        return self.armed.fault if self.armed else NO_FAULT

    @property
    def options(self) -> Options:
        return self.armed.options if self.armed else {}


def exchange(endpoint: Endpoint, request: Request, request_id: str, connection: int) -> Exchange:
    """Answer `request`. The store gets the request and what it brought, or neither."""
    started = perf_counter()
    operation = find_operation(request.method, request.path)
    armed = endpoint.faults.take(operation)
    now_s = endpoint.now_s()
    if armed and armed.fault.clock_offset_s:
        now_s += armed.fault.clock_offset_s(armed.options)
    try:
        with endpoint.store.transaction():
            answer = _handle(endpoint, request, request_id, operation, armed, now_s, connection)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        answer = error_answer("InternalFailure", "The endpoint itself failed.")
    return Exchange(request, answer, armed, now_s, perf_counter() - started)


def describe_exchange(done: Exchange, connection: int) -> str:
    """One line for a person, without secrets."""
    path = "".join(letter if letter.isprintable() else "?" for letter in done.request.path[:80])
    words = [
        f"#{connection}",
        done.request.method,
        path,
        f"{len(done.request.body)} B",
        str(done.answer.status),
        done.answer.error or "",
        f"({done.armed.name})" if done.armed else "",
        f"{done.spent_s * 1000:.1f} ms",
    ]
    return " ".join(filter(None, words))


def _handle(
    endpoint: Endpoint,
    request: Request,
    request_id: str,
    operation: str | None,
    armed: Armed | None,
    now_s: float,
    connection: int,
) -> Answer:
    # Checked even when a fault answers: the store then shows how each attempt was signed.
    key, refused = _authenticate(endpoint, request, operation, now_s)
    fault, options = (armed.fault, armed.options) if armed else (NO_FAULT, {})
    if fault.instead:
        answer = fault.instead(options)
    elif refused:
        answer = refused.answer()
    else:
        answer = _perform(endpoint, operation or "", request, request_id, now_s)
    if fault.answer:
        answer = fault.answer(answer, options)
    endpoint.store.add_request(
        id=request_id,
        received_at=now_s,
        connection=connection,
        method=request.method,
        target=request.target,
        operation=operation,
        headers=json.dumps([pair for pair in request.headers if pair[0] not in SECRET_HEADERS]),
        body=request.body,
        access_key_id=key.access_key_id if key else None,
        signature=refused.code if refused else "ok",
        canonical_request=refused.detail if refused else None,
        fault=armed.name if armed else None,
        status=answer.status,
        error=answer.error,
    )
    return answer


def _authenticate(
    endpoint: Endpoint, request: Request, operation: str | None, now_s: float
) -> tuple[Key | None, RefusedError | None]:
    """Who signed the request, or why that cannot be said. Unknown paths need no signature."""
    if operation is None:
        unknown = f"There is no operation {request.method} {request.path[:200]}."
        return None, RefusedError("UnknownOperationException", unknown)
    try:
        key = verify(request, endpoint.keys, region=endpoint.region, service=SERVICE, now_s=now_s)
    except RefusedError as refused:
        return None, refused
    return key, None


def _perform(
    endpoint: Endpoint, operation: str, request: Request, request_id: str, now_s: float
) -> Answer:
    try:
        return perform(
            operation,
            request.body,
            request_id=request_id,
            now_s=now_s,
            store=endpoint.store,
            any_device=endpoint.any_device,
        )
    except RefusedError as refused:
        return refused.answer()
