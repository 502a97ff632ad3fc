"""REST with JSON bodies: members are bound to the path, the query, headers and the body.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import json_body
from .operation import Request, binds_input, binds_output, expand_host
from .validate import check, prepare_and_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation, Response, Service

_JSON = "application/json"


def fixed_head(service: Service, operation: Operation[Any]) -> Request | None:
    """The request without its body, where nothing else depends on the parameters; else None."""
    if binds_input(operation):
        return None
    has_body = operation.input is not None and operation.input.__struct_fields__
    headers = {"content-type": _JSON} if has_body else {}
    return Request(
        operation.method,
        operation.path,
        operation.static_query,
        headers,
        b"",
        operation.host_prefix,
    )


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """The body of an operation that has a fixed head. Raises ValidationError."""
    fields = check(operation, params)
    if operation.input is None or not operation.input.__struct_fields__:
        return b""
    return json_body.encode_members(operation, fields)


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fixed = fixed_head(service, operation)
    if fixed is not None:
        fixed.body = encode_body(operation, params)
        return fixed
    from . import rest  # never loaded if all operations have only JSON bodies

    fields = prepare_and_check(operation, params)
    path, query, headers, left = rest.bind(operation, fields)
    body: Any = b""
    if operation.payload is not None:
        body = left.get(operation.payload)
        if rest.is_structured(operation):
            body = json_body.encode(operation, {} if body is None else body)
            headers.setdefault("content-type", _JSON)
        else:
            body = rest.raw_body(operation, body)
    elif rest.has_body_members(operation):
        body = json_body.encode_members(operation, left)
        headers.setdefault("content-type", _JSON)
    return Request(operation.method, path, query, headers, body, expand_host(operation, fields))


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    shape = operation.output
    if shape is None:
        return None
    if not binds_output(operation):
        return json_body.decode(shape, response.body)
    from . import rest

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


decode_error = json_body.decode_error
