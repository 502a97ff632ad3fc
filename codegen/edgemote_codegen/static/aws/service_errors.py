"""Errors that services return, for every protocol. Loaded when the first one arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ServiceError
from .operation import find_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Response, Service

QUOTED_BYTES = 200  # of a response that cannot be parsed, such as a proxy's text

# The messages of load balancers and proxies, which send kilobytes of HTML.
_PAGES = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def quote(response: Response) -> str:
    """Return a message for an error response that is not in the protocol's format: its beginning,
    or, as in botocore, the meaning of the status if the response is an HTML page.
    """
    text = bytes(response.body[:QUOTED_BYTES]).decode("utf-8", "replace")
    is_page = text.lstrip().lower().startswith(("<html", "<!doctype html"))
    return _PAGES.get(response.status, text) if is_page else text


def make_error(
    service: Service, response: Response, code: Any, fields: Mapping[str, Any], fallback: str = ""
) -> ServiceError:
    """Return the error with this code and its members from `fields`, as its own class if the model
    has one.

    A code ends at a colon, and begins after a hash sign. `fallback` is the message if the fields
    have none.
    """
    headers = response.headers
    code = _text(code) or str(response.status)
    code = code.split(":", 1)[0].rsplit("#", 1)[-1]
    kind = find_error(service.errors, code) or ServiceError
    if service.query_compatible:
        # The code of the older protocol, for programs that compare it; the type stays the model's.
        parts = headers.get("x-amzn-query-error", "").split(";")
        if len(parts) == 2 and parts[0]:
            code = parts[0]
    # The last one is OAuth's, in the responses of IAM Identity Center.
    message = fields.get("message", fields.get("Message")) or fields.get("error_description")
    request_id = headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or ""
    error = kind(code, _text(message) or fallback, response.status, request_id)
    _set_members(error, fields, response)
    return error


def _text(value: Any) -> str:
    """Convert to a string. A list or map in its place may be nested too deeply for that."""
    return str(value) if isinstance(value, (str, int, float)) else ""


def _set_members(error: ServiceError, fields: Mapping[str, Any], response: Response) -> None:
    """Set an error's modelled members as attributes, except `message`, which is set already."""
    from .lenient import read

    for member, (wire, hint) in set_head_members(error, response).items():
        try:
            value = read(hint, fields.get(wire))
        except RecursionError:  # the error itself matters more than what is nested in it
            value = None
        setattr(error, member, value)


def set_head_members(error: ServiceError, response: Response) -> dict[str, tuple[str, Any]]:
    """Set the members of an error that are in the head of the response, which may include its
    message. Returns (name, type) of the others.
    """
    from .shape import type_hints

    kind = type(error)
    wire_names = dict(getattr(kind, "_wire_names", ()))
    head_names = dict(getattr(kind, "_head_names", ()))
    hints = type_hints(kind)
    for member, place in head_names.items():
        value = _read_head(hints.get(member, str), response, place)
        setattr(error, member, error.message if member == "message" and not value else value)
    return {
        member: (wire_names.get(member, member), hint)
        for member, hint in hints.items()
        if member not in head_names and member not in type_hints(ServiceError)
    }


def _read_head(hint: Any, response: Response, place: str) -> Any:
    """Return the value at a place in the head: a header, ":status", or ":headers " and a prefix."""
    from .lenient import read_text

    if place.startswith(":headers "):
        from .rest import read_header_map

        return read_header_map(response, place[9:])
    text = str(response.status) if place == ":status" else response.headers.get(place)
    return None if text is None else read_text(hint, text)
