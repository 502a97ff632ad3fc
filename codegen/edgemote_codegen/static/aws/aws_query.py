"""AWS Query: parameters as a form, responses in XML.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import form, xml_plain
from .operation import Request, expand_host
from .validate import prepare_and_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import ServiceError
    from .operation import Operation, Response, Service

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def fixed_head(service: Service, operation: Operation[Any]) -> Request:
    """The request without its body: nothing else depends on the parameters."""
    headers = {"content-type": _FORM}
    return Request(operation.method, "/", "", headers, b"", operation.host_prefix)


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """The body of an operation. Raises ValidationError."""
    return form.encode(operation, prepare_and_check(operation, params), ec2=False)


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = prepare_and_check(operation, params)
    request = fixed_head(service, operation)
    request.host_prefix = expand_host(operation, fields)
    request.body = form.encode(operation, fields, ec2=False)
    return request


def decode(operation: Operation[Any], response: Response) -> Any:
    """The result of an operation, None where it has none."""
    shape = operation.output
    if shape is None:
        return None
    result = xml_plain.read(shape, response.body, operation.result_wrapper)
    return _read_tree(operation, response.body) if result is None else result


def _read_tree(operation: Operation[Any], body: bytes) -> Any:
    from . import xml_parser, xml_reading

    root = xml_parser.parse(body)
    if operation.result_wrapper:
        wrapper = operation.result_wrapper
        result = xml_reading.find_child(root, wrapper)
        root = xml_parser.Element(wrapper) if result is None else result
    assert operation.output is not None
    return xml_reading.read_struct(operation.output, root)


def decode_error(service: Service, response: Response) -> ServiceError:
    """Return the error in a response. A device that gets no errors never loads the parser."""
    from . import xml_reading

    return xml_reading.decode_error(service, response)
