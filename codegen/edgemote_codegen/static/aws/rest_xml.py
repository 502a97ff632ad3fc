"""REST with XML bodies: members are bound to the path, the query, headers and the body.

https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import rest
from .operation import Request, binds_input, expand_host
from .validate import prepare_and_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import ServiceError
    from .operation import Operation, Response, Service


def fixed_head(service: Service, operation: Operation[Any]) -> Request | None:
    """The request without its body, where nothing else depends on the parameters; else None."""
    if binds_input(operation):
        return None
    path, query = operation.path, operation.static_query
    return Request(operation.method, path, query, {}, b"", operation.host_prefix)


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """The body of an operation that has a fixed head. Raises ValidationError."""
    return _encode_members(operation, prepare_and_check(operation, params))


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = prepare_and_check(operation, params)
    path, query, headers, left = rest.bind(operation, fields)
    body: Any = b""
    if operation.payload is None:
        body = _encode_members(operation, left)
    elif operation.input is not None:
        value = left.get(operation.payload)
        hint, is_structure = rest.payload_hint(operation.input, operation.payload)
        if not is_structure:
            body = rest.raw_body(operation, value)
        elif value is not None:
            from . import xml_writing

            body = xml_writing.encode(operation, hint, value)
    return Request(operation.method, path, query, headers, body, expand_host(operation, fields))


def _encode_members(operation: Operation[Any], left: Mapping[str, Any]) -> bytes:
    if not left or (operation.input is None or not rest.has_body_members(operation)):
        return b""
    from . import xml_writing  # most calls of S3 contain no XML

    return xml_writing.encode_members(operation, left)


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    shape = operation.output
    if shape is None:
        return None
    payload = operation.result_payload
    if payload is None:
        result = _read_body(operation, response.body) or rest.empty(shape)
    else:
        result = rest.empty(shape)
        hint, is_structure = rest.payload_hint(shape, payload)
        if not is_structure:
            setattr(result, payload, rest.read_payload(hint, response.body))
        else:
            from . import xml_parser, xml_reading

            body = response.body
            root = xml_reading.parse_result(body) if body else xml_parser.Element("")
            setattr(result, payload, xml_reading.read_value(hint, root))
    rest.set_head_members(operation, response, result)
    return result


def _read_body(operation: Operation[Any], body: bytes) -> Any:
    if not body or operation.output is None:
        return None
    if not operation.result_is_root:
        try:
            from . import xml_plain
        except ImportError:  # bundles whose results are all in headers are without it
            pass
        else:
            result = xml_plain.read(operation.output, body, error="Error")
            if result is not None:
                return result
    from . import xml_parser, xml_reading

    root = xml_reading.parse_result(body)
    if operation.result_is_root:
        # For buckets in us-east-1, S3 returns an empty location, and boto3 returns None.
        place, root = root, xml_parser.Element("")
        if place.text:
            root.append(place)
    return xml_reading.read_struct(operation.output, root)


def decode_error(service: Service, response: Response) -> ServiceError:
    """Return the error in a response. A device that gets no errors never loads the parser."""
    from . import xml_reading

    return xml_reading.decode_error(service, response)
