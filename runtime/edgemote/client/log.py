"""The client log: a line for each request, response, retry and connection.

The log costs nothing while it is off: switching it on wraps the functions that send requests, and
switching it off restores them. Bodies are never logged. Requests that are not part of an operation,
such as those for credentials, are logged with method, host and status only.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import _local
from typing import TYPE_CHECKING

from msgspec import Struct

from aws.errors import ServiceError
from aws.shape import sensitive_fields
from edgemote import __version__
from edgemote.client.pipeline import Pipeline
from edgemote.clock import Clock
from edgemote.errors import ConfigError, TransportError
from edgemote.http.transport import Transport
from edgemote.retry import RetryRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ParamSpec, TypeVar

    from aws.operation import Operation
    from edgemote.http import Response

    Params = ParamSpec("Params")
    Result = TypeVar("Result")

LEVELS = ("debug", "wire")
MASK = "***"
# Headers and query parameters whose names contain one of these, ignoring case, are masked, as are
# those that the model marks as sensitive.
SECRET_WORDS = (
    "api-key",
    "authorization",
    "cookie",
    "customer-key",
    "password",
    "secret",
    "signature",
    "token",
)


class ResponseMetadata(Struct, frozen=True):
    """The metadata of the response to a call.

    Attributes:
        request_id: the ID to quote to AWS support; "" if the service sent none
        status: HTTP status code
        headers: headers by lower-case name
        attempts: how often the request was sent, usually 1
    """

    request_id: str
    status: int
    headers: Mapping[str, str]
    attempts: int


def set_log(level: str | None = "debug", to: Callable[[str], object] | None = None) -> None:
    """Log the activity of all clients from now on; None switches the log off.

    Args:
        level: "debug" logs a line for each request, response, retry, connection and clock
            correction; "wire" also logs the headers of requests and responses. Signatures, tokens,
            cookies and keys are masked, and bodies are never logged
        to: called with each line, without its line end; by default, lines are written to stderr.
            For the standard library's logging, pass `to=logging.getLogger("edgemote").debug`.
            It must not use a client. If it raises, the line is lost and the call goes on
    """
    global _level, _to
    if level not in (None, *LEVELS):
        raise ConfigError(f'argument level: expected "debug", "wire" or None, got {level!r:.80}')
    if to is not None and not callable(to):
        raise ConfigError(
            f"argument to: expected a function that takes a line, got {type(to).__name__}"
        )
    _level, _to = level, to or _write
    _patch()
    if level is not None:
        _to(f"edgemote {__version__}: logging at level {level}")


def follow_environment() -> None:
    """Set the log level from EDGEMOTE_LOG, unless the program has called set_log."""
    level = os.environ["EDGEMOTE_LOG"].strip().lower()
    if level not in ("", "off", *LEVELS):
        raise ConfigError(
            f"environment variable EDGEMOTE_LOG: expected debug, wire or off, got {level!r:.80}"
        )
    if _to is None and level in LEVELS:
        set_log(level)


def with_response(
    method: Callable[Params, Result],
) -> Callable[Params, tuple[Result, ResponseMetadata]]:
    """Wrap a client's method so that it also returns the metadata of the response:
    `result, response = edgemote.with_response(ssm.get_parameter)(Name="/a")`
    """
    global _keeps_responses
    if not callable(method):
        raise ConfigError(
            "argument method: expected a client's method, which is then called, as in "
            f"with_response(ssm.get_parameter)(Name=...), got {type(method).__name__}"
        )
    _keeps_responses = True
    _patch()

    def call(*args: Params.args, **params: Params.kwargs) -> tuple[Result, ResponseMetadata]:
        _here.ended = None
        result = method(*args, **params)
        ended: _Call | None = _here.ended
        response = None if ended is None else ended.response
        if ended is None or response is None:  # a stub's
            return result, ResponseMetadata("", 200, {}, 1)
        found = read_request_id(response)
        return result, ResponseMetadata(found, response.status, response.headers, ended.attempt)

    return call


def read_request_id(response: Response) -> str:
    """The request ID, from the response's headers or its XML body."""
    headers = response.headers
    found = headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")
    if found or not isinstance(response.body, bytes):
        return found or ""
    for tag in (b"<RequestId>", b"<requestId>", b"<RequestID>"):
        text = response.body.rpartition(tag)
        if text[1]:
            return text[2][:100].partition(b"<")[0].decode("utf-8", "replace")
    return ""


# The wrappers of the functions that send requests -------------------------------------------------


class _Call:
    """The call in progress in this thread."""

    __slots__ = ("attempt", "operation", "response", "transport")

    def __init__(self, operation: Operation[Any], transport: Transport) -> None:
        self.operation = operation
        self.transport = transport
        self.attempt = 0
        self.response: Response | None = None


def _send(self: Pipeline, operation: Operation[Any], prepared: Any, *args: Any, **more: Any) -> Any:
    if getattr(_here, "logging", False):
        # It would wait for its own lock, or log without end.
        raise ConfigError(
            f"argument to of set_log: the function called {operation.name}: it must not use a "
            "client; have it put the lines into a queue for another thread"
        )
    outer = getattr(_here, "call", None)
    _here.call = call = _Call(operation, prepared.transport)
    try:
        return _originals["send"](self, operation, prepared, *args, **more)
    finally:
        _here.call, _here.ended = outer, call


def _send_once(
    self: Pipeline, operation: Operation[Any], prepared: Any, *args: Any, **more: Any
) -> Any:
    call: _Call | None = getattr(_here, "call", None)
    if call is not None:
        call.attempt += 1
        call.transport = prepared.transport
    try:
        return _originals["_send_once"](self, operation, prepared, *args, **more)
    except (ServiceError, TransportError) as error:
        # Service errors may quote the request and its tokens, so only their code is logged.
        what = error.code if isinstance(error, ServiceError) else f"{type(error).__name__}: {error}"
        _log(f"{_name()}: failed with {what}")
        raise


def _exchange(self: Transport, head: bytes, body: Any = b"", **more: Any) -> Response:
    call: _Call | None = getattr(_here, "call", None)
    if call is None or call.transport is not self:
        call = None  # a request without an operation, such as one for credentials
    name = _name() if call is not None else "(no operation)"
    _log(f"{name}: {more.get('method', 'POST')} to {self.peer}, {_count_sent(head, body)}")
    if call is not None and _level == "wire":
        _log_lines(">", mask_head(call.operation, head))
    start_s = time.monotonic()
    response: Response = _originals["exchange"](self, head, body, **more)
    took_ms = (time.monotonic() - start_s) * 1000
    size = _count_received(response)
    request_id = read_request_id(response) if call is not None else ""
    end = f", request id {request_id}" if request_id else ""
    _log(f"{name}: {response.status} from {self.peer} after {took_ms:.0f} ms, {size}{end}")
    if call is not None:
        call.response = response
        if _level == "wire":
            headers = response.headers.items()
            hidden = _hidden_names(call.operation, False)
            _log_lines("<", [f"{key}: {_mask(key, text, hidden)}" for key, text in headers])
    return response


def _connect(self: Transport) -> Any:
    again = " again" if getattr(self, "_address", None) else ""
    start_s = time.monotonic()
    try:
        connection = _originals["_connect"](self)
    except TransportError as error:
        _log(f"no connection: {error}")
        raise
    took_ms = (time.monotonic() - start_s) * 1000
    _log(f"connected{again} to {self.peer} after {took_ms:.0f} ms")
    return connection


def _next_retry(self: RetryRules, attempt: int, *args: Any, **more: Any) -> Any:
    retry = _originals["next_retry"](self, attempt, *args, **more)
    if retry is None or not retry.again:
        _log(f"{_name()}: no further attempt")
    else:
        _log(f"{_name()}: next attempt in {retry.delay_s:.2f} s")
    return retry


def _sync(self: Clock, server_s: float) -> bool:
    change_s = server_s - self.now()
    synced: bool = _originals["sync"](self, server_s)
    if synced:
        _log(f"the clock was corrected by {change_s:+.0f} s")
    return synced


_PLACES: dict[str, tuple[type, Callable[..., Any]]] = {
    "send": (Pipeline, _send),
    "_send_once": (Pipeline, _send_once),
    "exchange": (Transport, _exchange),
    "_connect": (Transport, _connect),
    "next_retry": (RetryRules, _next_retry),
    "sync": (Clock, _sync),
}


def _patch() -> None:
    """Install the wrappers if they are needed, and restore the originals otherwise. The originals
    are kept for calls in progress in other threads.
    """
    needed = _level is not None or _keeps_responses
    for name, (owner, wrapper) in _PLACES.items():
        _originals.setdefault(name, owner.__dict__[name])
        setattr(owner, name, wrapper if needed else _originals[name])


# Formatting and masking ---------------------------------------------------------------------------


def mask_head(operation: Operation[Any], head: bytes) -> list[str]:
    """The lines of a request's head, with secrets masked."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    hidden = _hidden_names(operation, True)
    method, _, rest = first.partition(" ")
    target, _, version = rest.rpartition(" ")
    path, mark, query = target.partition("?")
    if operation.input is not None:
        secret = sensitive_fields(operation.input)
        if any(member in secret for member in operation.labels.values()):
            path = operation.path
    shown = [f"{method} {path}{mark}{_mask_query(query, hidden)} {version}"]
    for line in lines:
        name, _, text = line.partition(": ")
        shown.append(f"{name}: {_mask(name, text, hidden)}")
    return shown


def _hidden_names(operation: Operation[Any], way_in: bool) -> tuple[str, ...]:
    """Prefixes of the names of headers and query parameters that the model marks as sensitive."""
    shape = operation.input if way_in else operation.output
    if shape is None:
        return ()
    tables = (
        (operation.headers, operation.prefix_headers, operation.query)
        if way_in
        else (operation.result_headers, operation.result_prefix_headers)
    )
    secret = sensitive_fields(shape)
    rows = [row for table in tables for row in table.items()]
    return tuple(wire.lower() for wire, member in rows if member in secret)


def _is_secret(name: str, hidden: tuple[str, ...]) -> bool:
    name = name.lower()
    return name.startswith(hidden) or any(word in name for word in SECRET_WORDS)


def _mask(name: str, text: str, hidden: tuple[str, ...]) -> str:
    if _is_secret(name, hidden):
        before, signature, _ = text.partition("Signature=")
        # The key ID and the signed headers are not secret, and useful for finding errors.
        is_signed = signature and text.startswith("AWS4-")
        return f"{before}{signature}{MASK}" if is_signed else MASK
    place, mark, query = text.partition("?")
    scheme, slashes, rest = place.partition("://")
    if slashes:  # a URL may have a password, and a token behind its "#"
        rest, fragment, _ = rest.partition("#")
        host, slash, path = rest.partition("/")
        _, at, name = host.rpartition("@")
        place = f"{scheme}://{f'{MASK}@' if at else ''}{name}{slash}{path}"
        place = f"{place}#{MASK}" if fragment else place
        query, fragment, _ = query.partition("#")
        return f"{place}{mark}{_mask_query(query, hidden)}{f'#{MASK}' if fragment else ''}"
    return f"{place}{mark}{_mask_query(query, hidden)}"


def _mask_query(query: str, hidden: tuple[str, ...]) -> str:
    pairs = []
    for pair in query.split("&"):
        name, equals, _ = pair.partition("=")
        # A % may stand for a letter of any of the words.
        masked = equals and ("%" in name or _is_secret(name, hidden))
        pairs.append(f"{name}={MASK}" if masked else pair)
    return "&".join(pairs)


def _name() -> str:
    call: _Call | None = getattr(_here, "call", None)
    return "" if call is None else f"{call.operation.name} (attempt {call.attempt})"


def _count_sent(head: bytes, body: Any) -> str:
    if isinstance(body, bytes):
        return f"{len(body)} bytes"
    length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
    return f"{length.decode('latin-1')} bytes" if length else "a stream"


def _count_received(response: Response) -> str:
    if isinstance(response.body, bytes):
        return f"{len(response.body)} bytes"
    length = response.headers.get("content-length", "")
    return f"a stream of {length} bytes" if length.isdecimal() else "a stream"


def _log_lines(mark: str, lines: list[str]) -> None:
    for line in lines:
        _log(f"  {mark} {line}")


def _log(line: str) -> None:
    if _level is None or _to is None:
        return
    _here.logging = True
    try:
        # Text from outside must not be able to add lines to the log.
        _to(line if line.isprintable() else repr(line)[1:-1])
    except Exception as error:
        # The request may have been carried out: a failed call would be repeated.
        _write(f"a log line was lost: {type(error).__name__}: {error}")
    finally:
        _here.logging = False


def _write(line: str) -> None:
    try:
        sys.stderr.write(f"edgemote: {line}\n")
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # stderr is closed or missing
        pass


_here: Any = _local()  # this thread's current call, and the last one that ended
_level: str | None = None
_to: Callable[[str], object] | None = None
_keeps_responses = False
_originals: dict[str, Callable[..., Any]] = {}
