"""AWS JSON 1.0 and 1.1: everything is in the body, the operation's name is in a header.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import json_body
from .checking import check
from .operation import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import ServiceError
    from .operation import Operation, Response, Service


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = check(operation, params)
    headers = _headers.get(operation)
    if headers is None:
        headers = {
            "content-type": f"application/x-amz-json-{service.json_version}",
            "x-amz-target": f"{service.target_prefix}.{operation.name}",
        }
        if service.query_compatible:
            headers["x-amzn-query-mode"] = "true"
        _headers[operation] = headers
    if operation.input is not None:
        fields = json_body.rename(operation.input, fields)
    body = json_body.encode(operation, fields)
    return Request(operation.method, "/", "", headers, body, operation.host_prefix, constant=True)


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    return operation.output and json_body.decode(operation.output, response.body)


def decode_error(service: Service, response: Response) -> ServiceError:
    """The error in an answer."""
    error, fields = json_body.make_error(service, response)
    json_body.set_members(error, fields)
    return error


_headers: dict[Operation[Any], dict[str, str]] = {}
