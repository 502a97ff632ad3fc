"""REST with XML bodies: members are bound to the path, the query, headers and the body.

https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import rest
from .checking import check
from .operation import Request, expand_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import ServiceError
    from .operation import Operation, Response, Service


def fixed_head(service: Service, operation: Operation[Any]) -> Request | None:
    """None: what little goes into bodies alone depends on the parameters too."""
    return None


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """No operation has a fixed head, so none has a body apart."""
    raise NotImplementedError(operation.name)


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = check(operation, params)
    path, query, headers, left = rest.bind(operation, fields)
    body: Any = b""
    if operation.payload is not None:
        body = rest.raw_body(operation, left.get(operation.payload))
    return Request(operation.method, path, query, headers, body, expand_host(operation, fields))


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    shape = operation.output
    if shape is None:
        return None
    result = rest.empty(shape)
    if operation.result_payload is not None:
        hint, _ = rest.payload_hint(shape, operation.result_payload)
        setattr(result, operation.result_payload, rest.read_payload(hint, response.body))
    rest.set_head_members(operation, response, result)
    return result


def decode_error(service: Service, response: Response) -> ServiceError:
    """The error in an answer. A device that meets no error never loads the XML parser."""
    from . import xml_reading

    return xml_reading.decode_error(service, response)
