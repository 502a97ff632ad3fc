"""RPC v2 CBOR: everything is in the body, except for the operation's name, which is in the path.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import MsgspecError, convert

from .errors import ServiceError, ValidationError
from .operation import Request, expand_host
from .validate import NATIVE_TYPES, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation, Response, Service


def fixed_head(service: Service, operation: Operation[Any]) -> Request:
    """Return the request without its body; nothing else depends on the parameters."""
    headers = {"smithy-protocol": "rpc-v2-cbor", "accept": "application/cbor"}
    if operation.input is not None:
        headers["content-type"] = "application/cbor"
    if service.query_compatible:
        headers["x-amzn-query-mode"] = "true"
    path = f"/service/{service.target_prefix}/operation/{operation.name}"
    return Request("POST", path, "", headers, b"", operation.host_prefix)


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """Return the body of an operation. Raises ValidationError."""
    return _encode_members(operation, check(operation, params))


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """Return the request of an operation. Raises ValidationError."""
    fields = check(operation, params)
    request = fixed_head(service, operation)
    request.host_prefix = expand_host(operation, fields)
    request.body = _encode_members(operation, fields)
    return request


def _encode_members(operation: Operation[Any], fields: Mapping[str, Any]) -> bytes:
    shape = operation.input
    if shape is None:
        return b""
    from .cbor_writers import write_members

    out = bytearray()
    try:
        write_members(out, shape, fields)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValidationError(f"$: {operation.name} cannot be written as CBOR: {error}") from None
    return bytes(out)


def decode(operation: Operation[Any], response: Response) -> Any:
    """Return the result of an operation, or None if it has none."""
    shape = operation.output
    if shape is None:
        return None
    values = parse_map(response.body)
    try:
        return convert(values, shape, builtin_types=NATIVE_TYPES)
    except (MsgspecError, RecursionError):
        from .lenient import build

        try:
            return build(shape, values)
        except RecursionError:
            raise ServiceError("UnreadableAnswer", "the response is nested too deeply") from None


def parse_map(body: bytes) -> dict[str, Any]:
    """Return the CBOR map in a body; an empty body is an empty map."""
    from .cbor import CborError, decode

    if not body:
        return {}
    try:
        value = decode(body)
    except (CborError, RecursionError) as error:
        raise ServiceError(
            "UnreadableAnswer", f"the response of {len(body)} bytes is not CBOR: {error}"
        ) from None
    if not isinstance(value, dict):
        # The body is not quoted, because a response may contain a secret.
        kind = type(value).__name__
        raise ServiceError("UnreadableAnswer", f"expected a CBOR map, got {kind}")
    return value


def decode_error(service: Service, response: Response) -> ServiceError:
    """Return the error in a response with its members, typed if the model knows its code."""
    from .service_errors import make_error, quote

    fallback = ""
    try:
        fields = parse_map(response.body)
    except ServiceError:
        fields = {}
        fallback = quote(response)
    code = fields.get("__type") or response.headers.get("x-amzn-errortype") or response.status
    return make_error(service, response, code, fields, fallback)
