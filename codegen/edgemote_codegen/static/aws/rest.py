"""HTTP bindings: which members of an input go into the path, query and headers, and the reverse.

https://smithy.io/2.0/spec/http-bindings.html, botocore.serialize.BaseRestSerializer,
botocore.parsers.BaseRestParser
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from .errors import ValidationError
from .shape import Shape, type_hints
from .sigv4 import uri_encode
from .validate import NATIVE_TYPES, member_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation, Response


_CONTROLS = "".join(map(chr, range(32))).replace("\t", "") + "\x7f"
# Headers that only the signer and the transport may set.
_TAKEN = ("authorization", "host", "transfer-encoding", "x-amz-date", "x-amz-security-token")
_NAME_CHARACTERS = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"  # RFC 9110, in lower case


def bind(
    operation: Operation[Any], fields: Mapping[str, Any]
) -> tuple[str, str, dict[str, str], dict[str, Any]]:
    """(path, query, headers, members left for the body)."""
    left = dict(fields)
    path = operation.path
    for label, member in operation.labels.items():
        greedy = f"{{{label}+}}" in path
        text = _text(operation, member, left.pop(member))
        if not text:
            raise ValidationError(f"$.{member}: must not be empty, because it is part of the URL")
        path = path.replace(f"{{{label}{'+' if greedy else ''}}}", uri_encode(text, greedy))
    return path, _bind_query(operation, left), _bind_headers(operation, left), left


def _bind_query(operation: Operation[Any], left: dict[str, Any]) -> str:
    pairs = [operation.static_query] if operation.static_query else []
    named: dict[str, tuple[str, Any]] = {}
    if operation.query_map is not None:
        for name, value in (left.pop(operation.query_map, None) or {}).items():
            named[name] = (operation.query_map, value)
    for name, member in operation.query.items():
        value = left.pop(member, None)
        if value is not None:
            named[name] = (member, value)
    for name, (member, value) in named.items():
        items = value if isinstance(value, (list, tuple)) else (value,)
        texts = (_text(operation, member, item) for item in items)
        pairs += [f"{uri_encode(name)}={uri_encode(text)}" for text in texts]
    return "&".join(pairs)


def _bind_headers(operation: Operation[Any], left: dict[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, member in operation.headers.items():
        value = left.pop(member, None)
        if value is not None and value != []:
            text = _header_text(operation, member, value)
            headers[name.lower()] = _checked_header(f"$.{member}", text)
    for prefix, member in operation.prefix_headers.items():
        for key, value in (left.pop(member, None) or {}).items():
            name = (prefix + key).lower()
            path = f"$.{member}[{key!r}]"
            headers[_checked_name(path, name)] = _checked_header(
                path, _text(operation, member, value)
            )
    return headers


def _header_text(operation: Operation[Any], member: str, value: Any) -> str:
    if _wire(operation.input, member) == "jsonvalue":
        from binascii import b2a_base64

        from .json_body import encode

        return b2a_base64(encode(operation, value), newline=False).decode()
    if isinstance(value, (list, tuple)):
        texts = [_text(operation, member, item) for item in value if item is not None]
        if _wire(operation.input, member):
            return ",".join(texts)  # times, whose comma is known
        return ",".join(map(_quote_item, texts))
    if isinstance(value, str) and "." in value and _wire(operation.input, member) == "iso8601":
        return value.partition(".")[0] + "Z"  # whole seconds, as botocore sends them in headers
    return _text(operation, member, value)


def _quote_item(text: str) -> str:
    if '"' in text or "," in text:
        return '"' + text.replace('"', '\\"') + '"'
    return text


def _checked_header(path: str, text: str) -> str:
    if not text.isprintable() and any(c in _CONTROLS for c in text):
        raise ValidationError(
            f"{path}: must not contain control characters, because it is sent as a header"
        )
    return text


def _checked_name(path: str, name: str) -> str:
    if name.strip(_NAME_CHARACTERS):
        raise ValidationError(
            f"{path}: the key may contain only letters, digits and hyphens, because it is part of "
            "a header name"
        )
    if name in _TAKEN:
        raise ValidationError(f"{path}: the header {name} can be set by the client only")
    return name


def _text(operation: Operation[Any], member: str, value: Any) -> str:
    """Return a value as text for the head. Only the floats of timestamps are written without a
    fraction.
    """
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float) and _wire(operation.input, member) == "unixtimestamp":
        from .timestamps import format_unixtimestamp

        value = format_unixtimestamp(value)
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError(f"$.{member}: contains an unpaired surrogate") from None
    return text


def _wire(shape: type[Shape] | None, member: str) -> str | None:
    """Return the wire form in the annotation of a member."""
    hint = type_hints(shape)[_field(shape, member)] if shape else None
    while (args := get_args(hint)) and not hasattr(hint, "__metadata__"):
        hint = args[0]
    meta = getattr(hint, "__metadata__", (None,))[0]
    return (meta.extra or {}).get("wire") if meta is not None else None


def _field(shape: type[Shape], member: str) -> str:
    return member if member in shape.__struct_fields__ else f"{member}_"


def has_body_members(operation: Operation[Any]) -> bool:
    """Whether the input has members that go into the body."""
    found = _with_body_members.get(operation)
    if found is None:
        assert operation.input is not None
        bound = {
            *operation.labels.values(),
            *operation.query.values(),
            *operation.headers.values(),
            *operation.prefix_headers.values(),
            operation.query_map,
        }
        fields = operation.input.__struct_fields__
        found = any(member_name(field) not in bound for field in fields)
        _with_body_members[operation] = found
    return found


def is_structured(operation: Operation[Any]) -> bool:
    """Whether the payload member is written in the protocol's format, not as raw bytes or text."""
    assert operation.input is not None
    assert operation.payload is not None
    return payload_hint(operation.input, operation.payload)[1]


def raw_body(operation: Operation[Any], value: Any) -> Any:
    """Return the body for a payload member that is text, bytes or a stream."""
    if value is None:
        return b""
    if isinstance(value, str):
        assert operation.payload is not None
        return _text(operation, operation.payload, value).encode()
    return bytes(value) if isinstance(value, NATIVE_TYPES) else value


def payload_hint(shape: type[Shape], member: str) -> tuple[Any, bool]:
    """(type of the payload member, whether it is written in the protocol's format)."""
    hint = type_hints(shape)[_field(shape, member)]
    if type(None) in get_args(hint):
        hint = get_args(hint)[0]
    wire = _wire(shape, member)
    bare = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    return hint, wire == "document" or (bare not in (str, bytes) and wire is None)


def empty(shape: type[Shape]) -> Shape:
    """Return an empty result, with None for each member."""
    return shape(**dict.fromkeys(shape.__struct_fields__))


def read_payload(hint: Any, body: Any) -> Any:
    """Convert a raw body to the payload member's type: bytes, text or a stream."""
    bare = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    if bare is str and isinstance(body, bytes):
        return body.decode("utf-8", "replace")
    return body


def set_head_members(operation: Operation[Any], response: Response, result: Any) -> None:
    """Set the members of the result that come from the status and the headers."""
    if operation.result_status is not None:
        setattr(result, operation.result_status, response.status)
    if not operation.result_headers and not operation.result_prefix_headers:
        return
    from .lenient import read_text

    shape = type(result)
    hints = type_hints(shape)
    for name, member in operation.result_headers.items():
        text = response.headers.get(name.lower())
        if text is not None:
            field = _field(shape, member)
            setattr(result, field, read_text(hints[field], text))
    for prefix, member in operation.result_prefix_headers.items():
        setattr(result, _field(shape, member), read_header_map(response, prefix))


def read_header_map(response: Response, prefix: str) -> dict[str, str]:
    """Return the headers with this prefix in any case, by the rest of their original names."""
    prefix = prefix.lower()
    spelt = response.spelt
    return {
        spelt.get(name, name)[len(prefix) :]: text
        for name, text in response.headers.items()
        if name.startswith(prefix)
    }


_with_body_members: dict[Operation[Any], bool] = {}
