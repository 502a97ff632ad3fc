"""AWS JSON 1.0 and 1.1: everything is in the body, the operation's name is in a header.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import json_body
from .operation import Request, expand_host
from .validate import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation, Response, Service


def fixed_head(service: Service, operation: Operation[Any]) -> Request:
    """The request without its body: nothing else depends on the parameters."""
    headers = {
        "content-type": f"application/x-amz-json-{service.json_version}",
        "x-amz-target": f"{service.target_prefix}.{operation.name}",
    }
    if service.query_compatible:
        headers["x-amzn-query-mode"] = "true"
    return Request(operation.method, "/", "", headers, b"", operation.host_prefix)


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """The body of an operation. Raises ValidationError."""
    return json_body.encode_members(operation, check(operation, params))


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = check(operation, params)
    request = fixed_head(service, operation)
    request.host_prefix = expand_host(operation, fields)
    request.body = json_body.encode_members(operation, fields)
    return request


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    shape = operation.output
    return None if shape is None else json_body.decode(shape, response.body)


decode_error = json_body.decode_error
