"""REST with JSON bodies: members are bound to the path, the query, headers and the body.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import json_body, rest
from .checking import check
from .operation import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import ServiceError
    from .operation import Operation, Response, Service

_JSON = "application/json"
_HEADERS = {"content-type": _JSON}


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = check(operation, params)
    if operation.input is None or not rest.is_bound(operation):
        # Everything is in the body: the same head each time.
        has_body = operation.input is not None and operation.input.__struct_fields__
        return Request(
            operation.method,
            operation.path,
            operation.static_query,
            _HEADERS if has_body else {},
            _encode_members(operation, fields) if has_body else b"",
            operation.host_prefix,
            constant=True,
        )
    path, query, headers, left = rest.bind(operation, fields)
    body: Any = b""
    if operation.payload is not None:
        body = left.get(operation.payload, b"")
        if rest.is_structured(operation):
            body = json_body.encode(operation, body or {})
            headers.setdefault("content-type", _JSON)
        elif isinstance(body, str):
            body = body.encode()
    elif rest.has_body_members(operation):
        body = _encode_members(operation, left)
        headers.setdefault("content-type", _JSON)
    host_prefix = rest.expand_host(operation, fields)
    return Request(operation.method, path, query, headers, body, host_prefix)


def _encode_members(operation: Operation[Any], fields: Any) -> bytes:
    assert operation.input is not None
    return json_body.encode(operation, json_body.rename(operation.input, fields))


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    shape = operation.output
    if shape is None:
        return None
    if operation.result_payload is None:
        result = json_body.decode(shape, response.body)
    else:
        result = rest.empty(shape)
        hint, structured = rest.payload_hint(shape, operation.result_payload)
        if structured:
            value = json_body.decode_value(hint, response.body)
        else:
            value = rest.read_payload(hint, response.body)
        setattr(result, operation.result_payload, value)
    rest.set_head_members(operation, response, result)
    return result


def decode_error(service: Service, response: Response) -> ServiceError:
    """The error in an answer."""
    error, fields = json_body.make_error(service, response)
    json_body.set_members(error, fields)
    return error
