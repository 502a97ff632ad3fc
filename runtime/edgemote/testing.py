"""A client for tests. It sends nothing, validates parameters, and returns queued results.

from edgemote.testing import Stub

with Stub(SSM) as stub:
    stub.answer("get_parameter", {"Parameter": {"Value": "0.7"}})
    stub.error("get_parameter", "ParameterNotFound", "no such parameter")
    firmware(stub.client)
assert stub.calls[0] == ("get_parameter", {"Name": "/threshold"})
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin

from aws.coerce import coerce
from aws.errors import ServiceError, ValidationError
from aws.operation import Client, Operation, find_error
from aws.shape import Shape, type_hints
from aws.timestamps import to_epoch
from aws.validate import member_name
from edgemote import limits
from edgemote.client.connect import _check_service
from edgemote.client.naming import name_call, name_resource
from edgemote.errors import TransportError
from edgemote.http import Response
from edgemote.http.body import Body
from edgemote.http.http1 import ResponseParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

AnyClient = TypeVar("AnyClient", bound=Client)


class Stub(Generic[AnyClient]):
    """Answers the calls of one client from a queue per operation.

    As a context manager it raises AssertionError at the end of its block if a queued result was not
    used, or if an operation was called with nothing queued for it. The latter holds even if the
    code under test caught the error of that call.

    Attributes:
        client: pass this to the code under test; it is an instance of the service's class
        calls: name and parameters of each call whose parameters were valid, in order
    """

    def __init__(self, service: type[AnyClient]) -> None:
        _check_service(service)
        self.client = service(self._call, lambda: None)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._class = service
        self._service = service.service
        self._queues: dict[str, deque[Callable[[Operation[Any]], Any]]] = {}
        self._methods: dict[str, str] = {}  # by the operation's name
        self._refused: list[str] = []

    def answer(self, method: str, result: Shape | Mapping[str, Any] | None = None) -> None:
        """Queue a result: the operation's struct, or a dict as boto3 returns it.

        Pass a streamed body as bytes or a binary file; the client returns it as a stream. Raises
        ValidationError, with the path, if the service could not return such a result.
        """
        operation = self._find(method)
        shape = operation.output
        if shape is None:
            if result:
                raise ValidationError(f"$: {operation.name} returns nothing, got {result!r:.80}")
            built = None
        else:
            if result is not None and not isinstance(result, (shape, Mapping)):
                kind = type(result).__name__
                raise ValidationError(
                    f"$: {operation.name} returns {shape.__name__} or a dict, got {kind}"
                )
            fields = _read_struct(result or {})
            coerce(shape, {name: part for name, part in fields.items() if part is not None})
            built = _build(shape, fields)
        self._queue(method, lambda _: built)

    def answer_bytes(
        self,
        method: str,
        body: bytes = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Queue a raw HTTP response, possibly an error, which the client decodes."""
        self._find(method)
        if not hasattr(headers or {}, "items"):
            raise ValidationError(f"headers: expected a dict, got {type(headers).__name__}")
        lower = {name.lower(): value for name, value in (headers or {}).items()}

        def decode(operation: Operation[Any]) -> Any:
            protocol = self._service.protocol
            if status >= 301:
                raise protocol.decode_error(self._service, Response(status, lower, body))
            content = _stream(body) if operation.streams else body
            return protocol.decode(operation, Response(status, lower, content))

        self._queue(method, decode)

    def error(
        self,
        method: str,
        error: str | Exception,
        message: str = "",
        *,
        status: int = 400,
        request_id: str = "",
        **members: Any,
    ) -> None:
        """Queue an error: a service error given by its code, or any exception, such as
        edgemote.ReadTimeoutError("silent for 60 s").

        An error in the model is raised as its own class, with these members; any other code is
        raised as a ServiceError.
        """
        self._find(method)
        if isinstance(error, str):
            error = self._make_error(error, message, status, request_id, members)
        raised = error

        def fail(operation: Operation[Any]) -> Any:
            raise raised

        self._queue(method, fail)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        if kind is not None:
            return
        if self._refused:
            raise AssertionError(self._refused[0])
        left = [f"{name} ({len(queue)})" for name, queue in self._queues.items() if queue]
        if left:
            raise AssertionError(f"queued but never called: {', '.join(left)}")

    def _call(self, operation: Operation[Any], params: Mapping[str, Any]) -> Any:
        filled = params
        if operation.token is not None and params.get(operation.token) is None:
            filled = {**params, operation.token: "00000000-0000-4000-8000-000000000000"}
        self._service.protocol.encode(self._service, operation, filled)
        method = self._methods.get(operation.name) or self._name(operation)
        self.calls.append((method, dict(params)))
        queue = self._queues.get(method)
        if not queue:
            words = (
                f"{method}({name_resource(operation, params)}) was called, but no response is "
                f'queued: call stub.answer("{method}", ...) or stub.error("{method}", ...) first'
            )
            self._refused.append(words)
            raise AssertionError(words)
        try:
            return queue.popleft()(operation)
        except (ServiceError, TransportError) as error:
            name_call(error, operation, params)
            raise

    def _find(self, method: str) -> Operation[Any]:
        """The operation of a method, found by calling it."""
        found: list[Operation[Any]] = []
        probe = self._class(lambda operation, params: found.append(operation), lambda: None)  # type: ignore[arg-type]
        member = getattr(probe, method, None) if isinstance(method, str) else None
        if callable(member) and not method.startswith("_") and method not in vars(Client):
            member()
        if not found:
            raise ValidationError(f"{self._class.__name__} has no operation {method!r:.80}")
        self._methods[found[0].name] = method
        return found[0]

    def _name(self, operation: Operation[Any]) -> str:
        for method in vars(self._class):
            if callable(getattr(self._class, method)) and not method.startswith("_"):
                self._find(method)
        return self._methods[operation.name]

    def _queue(self, method: str, answer: Callable[[Operation[Any]], Any]) -> None:
        self._queues.setdefault(method, deque()).append(answer)

    def _make_error(
        self, code: str, message: str, status: int, request_id: str, members: Mapping[str, Any]
    ) -> ServiceError:
        errors = self._service.errors
        kind = find_error(errors, code) or ServiceError
        # The name of the class is accepted, too.
        codes = {name: code for code, name in errors.NAMES_BY_CODE.items()}
        error = kind(codes.get(code, code), message, status, request_id)
        hints = {name: hint for name, hint in type_hints(kind).items() if name not in _OWN_MEMBERS}
        for name in members:
            if name not in hints:
                names = ", ".join(hints) or "none"
                raise ValidationError(f"$.{name}: {code} has no such member; its members: {names}")
        for name, hint in hints.items():
            setattr(error, name, _build(hint, members.get(name)))
        return error


_OWN_MEMBERS = type_hints(ServiceError).keys()


def _read_struct(value: Any) -> dict[str, Any]:
    """The values of a struct or a dict, by member name."""
    if not isinstance(value, Shape):
        return dict(value)
    return {member_name(field): getattr(value, field) for field in value.__struct_fields__}


def _build(hint: Any, value: Any) -> Any:
    """Convert a value to what the client's decoder returns: structs, and timestamps in seconds."""
    if value is None:
        return None
    facts: dict[str, Any] = {}
    while (args := get_args(hint)) and get_origin(hint) not in (list, dict):
        for meta in getattr(hint, "__metadata__", ()):
            facts |= meta.extra or {}
        hint = args[0]
    wire = facts.get("wire")
    if wire == "stream":
        return _stream(value)
    if wire in ("document", "jsonvalue"):
        return value
    if wire is not None:
        return to_epoch(value)
    if get_origin(hint) is list:
        return [_build(args[0], item) for item in value]
    if get_origin(hint) is dict:
        return {key: _build(args[1], item) for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, Shape):
        given, hints = _read_struct(value), type_hints(hint)
        fields = hint.__struct_fields__
        return hint(**{name: _build(hints[name], given.get(member_name(name))) for name in fields})
    if hint is bytes:
        return value.encode() if isinstance(value, str) else bytes(value)
    return float(value) if hint is float else value


class _NoConnection:
    """The connection of a body that has been received completely."""

    peer = "stub"

    def close(self) -> None:
        pass


def _stream(value: Any) -> Body:
    if hasattr(value, "read"):
        value = value.read()
    elif isinstance(value, str):
        value = value.encode()
    content = bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else b"".join(value)
    parser = ResponseParser("GET", None)
    parser.receive(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(content))
    parser.receive(content)
    return Body(
        _NoConnection(),  # type: ignore[arg-type]
        parser,
        content,
        keep=lambda connection, keep: None,
        allowed_s=limits.RESPONSE_TIMEOUT_S,
        limit_bytes=limits.BODY_BYTES,
    )
