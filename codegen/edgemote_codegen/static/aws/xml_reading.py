"""From the tree of an XML answer to structs, results and errors.

https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings, botocore.parsers.BaseXMLResponseParser
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import xml_parser
from .errors import ServiceError
from .parsing import read
from .shape import type_hints
from .xml_parser import Element

if TYPE_CHECKING:
    from .operation import Response, Service


def decode_error(service: Service, response: Response) -> ServiceError:
    """The error in an answer, typed where the model knows its code, with its members.

    It is the root (S3), or a part of it: ErrorResponse/Error, Response/Errors/Error (EC2). Where
    there is none, as in answers to HEAD, the status is the code.
    """
    from .operation import find_error

    headers = response.headers
    root = error = Element(b"")
    code = message = ""
    try:
        if response.body:
            root = error = xml_parser.parse(response.body)
            for tag in (b"Errors", b"Error"):
                error = find_child(error, tag) or error
            code, message = _child_text(error, b"Code"), _child_text(error, b"Message")
    except ServiceError:
        message = bytes(response.body[:_QUOTED_BYTES]).decode("utf-8", "replace")
    kind = find_error(service.errors, code) or ServiceError
    request_id = (
        headers.get("x-amzn-requestid")
        or headers.get("x-amz-request-id")
        or _child_text(root, b"RequestId")
        or _child_text(root, b"RequestID")
    )
    found = kind(code or str(response.status), message, response.status, request_id)
    wire_names = dict(getattr(kind, "_wire_names", ()))
    for member, hint in type_hints(kind).items():
        if member not in type_hints(ServiceError):
            child = find_child(error, wire_names.get(member, member).encode())
            setattr(found, member, None if child is None else read(hint, text_of(child)))
    return found


def find_child(element: Element, tag: bytes) -> Element | None:
    """The first child of this name."""
    for child in element.children:
        if child.tag == tag:
            return child
    return None


def text_of(element: Element) -> str:
    """The text of an element; what is no UTF-8 is replaced."""
    return element.text.decode("utf-8", "replace")


def _child_text(element: Element, tag: bytes) -> str:
    child = find_child(element, tag)
    return "" if child is None else text_of(child)


_QUOTED_BYTES = 200  # of an error that is no XML, such as a load balancer's page
