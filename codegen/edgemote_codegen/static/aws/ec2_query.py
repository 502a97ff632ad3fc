"""EC2's own form of AWS Query: other names in the form, no wrapper around the result.

https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import aws_query, form
from .operation import expand_host
from .validate import prepare_and_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation, Request, Service

fixed_head = aws_query.fixed_head
decode = aws_query.decode
decode_error = aws_query.decode_error


def encode_body(operation: Operation[Any], params: Mapping[str, Any]) -> bytes:
    """The body of an operation. Raises ValidationError."""
    return form.encode(operation, prepare_and_check(operation, params), ec2=True)


def encode(service: Service, operation: Operation[Any], params: Mapping[str, Any]) -> Request:
    """The request of an operation. Raises ValidationError."""
    fields = prepare_and_check(operation, params)
    request = fixed_head(service, operation)
    request.host_prefix = expand_host(operation, fields)
    request.body = form.encode(operation, fields, ec2=True)
    return request
