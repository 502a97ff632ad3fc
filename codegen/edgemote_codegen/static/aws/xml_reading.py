"""Converts the tree of an XML response to structs, results and errors.

https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings, botocore.parsers.BaseXMLResponseParser

Readers are made from annotations when a struct is first read, and kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, get_args, get_origin

from . import xml_parser
from .errors import ServiceError
from .scalars import take_apart, text_reader
from .shape import Shape, type_hints
from .validate import is_optional
from .xml_parser import Element, read_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from .operation import Response, Service

    Reader: TypeAlias = Callable[[Element], Any]
    # Field, which of the ways below it is read, what reads it.
    Row: TypeAlias = tuple[str, int, Callable[[Any], Any]]
    Attribute: TypeAlias = tuple[str, str, Callable[[Any], Any]]
    # By tag; the fields without a default; whether there is more than elements with one field each:
    # attributes; fields by the tag of what may be theirs.
    Table: TypeAlias = tuple["_Rows", dict[str, None], bool, list[Attribute], dict[str, list[str]]]


# How a member is read: its text as it is, its text, its element, or as one of the elements of a
# list or a map that have no element around them.
_TEXT, _SCALAR, _ELEMENT, _FLAT_ITEM, _FLAT_ENTRY = range(5)

# Tags of one struct that are kept with their namespace. A service has one, a peer has many.
_NAMES_KEPT = 1_000


class _Rows(dict[str, Any]):
    """Rows by local name, and by the tag with its namespace after its first use."""

    def __missing__(self, tag: str) -> Row | None:
        row: Row | None = self.get(tag.rpartition("}")[2])
        if row is not None and len(self) < _NAMES_KEPT:
            self[tag] = row
        return row


def read_struct(shape: type[Shape], element: Element) -> Any:
    """Convert an element to a struct. Missing members are None, even if they are required; elements
    that the model does not have are skipped; and of a repeated member, the first is used.
    """
    table = _tables.get(shape)
    if table is None:
        table = _tables[shape] = _make_table(shape)
    rows, absent, has_habits, attributes, shared = table
    fields: dict[str, Any] = absent.copy()
    _read_members(rows, element, fields)
    if has_habits:
        for field, wire, read in attributes:
            text = xml_parser.read_attribute(element, wire)
            fields[field] = None if text is None else read(text)
        _share(shared, fields)
        for field, other in getattr(shape, "_xml_shared", {}).items():  # deprecated members
            fields[field] = next(iter(fields.get(other) or ()), None)
    return shape(**fields)


def _read_members(rows: _Rows, element: Element, fields: dict[str, Any]) -> None:
    for child in element:
        row = rows[child.tag]
        if row is None:
            continue
        field, way, read = row
        if way == _TEXT:
            if fields.get(field) is None:
                fields[field] = child.text or ""
        elif way == _SCALAR:
            if fields.get(field) is None:
                fields[field] = read(child.text or "")
        elif way == _ELEMENT:
            if fields.get(field) is None:
                fields[field] = read(child)
        elif way == _FLAT_ITEM:
            item = read(child)
            if field in fields and fields[field] is not None:
                fields[field].append(item)
            else:
                fields[field] = [item]
        else:
            name, value = read(child)
            fields[field] = fields.get(field) or {}
            fields[field][name] = value


def _share(shared: dict[str, list[str]], fields: dict[str, Any]) -> None:
    for tag, owners in shared.items():
        items = fields.pop(tag, None)
        for field in owners if items else ():
            fields[field] = fields.get(field) or items


def read_value(hint: Any, element: Element) -> Any:
    """A value of the annotated type."""
    return _make_reader(hint)(element)


def parse_result(body: bytes) -> Element:
    """Return the root of a result. S3 begins the response to a long copy before it knows the
    outcome, so a response with status 200 may contain an error, which is raised.
    """
    root = xml_parser.parse(body)
    if read_name(root) == "Error":
        raise ServiceError(_child_text(root, "Code"), _child_text(root, "Message"))
    return root


def decode_error(service: Service, response: Response) -> ServiceError:
    """Return the error in a response, with its members, as its own class if the model has its code.

    It is the root (S3), or a part of it: ErrorResponse/Error, Response/Errors/Error (EC2). If there
    is none, as in responses to HEAD, the status is the code.
    """
    from .operation import find_error
    from .service_errors import quote, set_head_members

    headers = response.headers
    root = error = Element("")
    code = message = ""
    try:
        if response.body:
            root = error = xml_parser.parse(response.body)
            if read_name(root).lower() == "html":
                message = quote(response)
            for tag in ("Errors", "Error"):
                child = find_child(error, tag)
                error = error if child is None else child
            code = _child_text(error, "Code")
            message = message or _child_text(error, "Message")
    except ServiceError:
        message = quote(response)
    kind = find_error(service.errors, code) or ServiceError
    request_id = (
        headers.get("x-amzn-requestid")
        or headers.get("x-amz-request-id")
        or _child_text(root, "RequestId")
        or _child_text(root, "RequestID")
    )
    found = kind(code or str(response.status), message, response.status, request_id)
    members = set_head_members(found, response)
    fields: dict[str, Any] = dict.fromkeys(members)
    rows, shared = _make_rows((member, *facts) for member, facts in members.items())
    # In Smithy, they are in the error; for query, botocore looks next to it.
    for element in (error, root)[: 1 + (root is not error)]:
        _read_members(rows, element, fields)
    _share(shared, fields)
    for member, value in fields.items():
        setattr(found, member, value)
    return found


def find_child(element: Element, tag: str) -> Element | None:
    """Return the first child with this name."""
    for child in element:
        if read_name(child) == tag:
            return child
    return None


def _child_text(element: Element, tag: str) -> str:
    child = find_child(element, tag)
    return "" if child is None else child.text or ""


def _make_table(shape: type[Shape]) -> Table:
    hints = type_hints(shape)
    in_tag = getattr(shape, "_xml_attributes", ())
    wires = dict(zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True))
    rows, shared = _make_rows(
        (field, wire, hints[field]) for field, wire in wires.items() if field not in in_tag
    )
    absent = {field: None for field in shape.__struct_fields__ if not is_optional(hints[field])}
    attributes = [(field, wires[field], text_reader(*take_apart(hints[field]))) for field in in_tag]
    has_habits = bool(attributes or shared or hasattr(shape, "_xml_shared"))
    return rows, absent, has_habits, attributes, shared


def _make_rows(
    members: Iterable[tuple[str, str, Any]],
) -> tuple[_Rows, dict[str, list[str]]]:
    """Rows of (field, name, type) by tag, and what tags are of more than one field.

    Lists without an element around them are known by their own name, as Smithy has it, and by their
    items', as botocore has it; and that may be the name of the items of more than one.
    """
    rows: dict[str, Row] = {}
    items: dict[str, list[Row]] = {}
    for field, wire, hint in members:
        rows[wire] = row = _make_row(field, hint)
        facts = take_apart(hint)[1]
        if row[1] == _FLAT_ITEM and "item" in facts:
            items.setdefault(facts["item"], []).append(row)
    shared = {f"<{tag}>": [row[0] for row in owners] for tag, owners in items.items()}
    found = {tag: (f"<{tag}>", *owners[0][1:]) for tag, owners in items.items()}
    return _Rows(found | rows), shared


def _make_row(field: str, hint: Any) -> Row:
    bare, facts = take_apart(hint)
    origin = get_origin(bare)
    if origin is not None and facts.get("flat"):
        if origin is dict:
            return field, _FLAT_ENTRY, _make_entry_reader(get_args(bare)[1], facts)
        return field, _FLAT_ITEM, _make_reader(get_args(bare)[0])
    if origin is not None or (isinstance(bare, type) and issubclass(bare, Shape)):
        return field, _ELEMENT, _make_reader(hint)
    if bare is str and not facts.keys() & {"read", "wire"}:
        return field, _TEXT, _read_text
    return field, _SCALAR, text_reader(bare, facts)


def _make_reader(hint: Any) -> Reader:
    bare, facts = take_apart(hint)
    origin, args = get_origin(bare), get_args(bare)
    if origin is list:
        read_item = _make_reader(args[0])
        return lambda element: list(map(read_item, element))
    if origin is dict:
        read_entry = _make_entry_reader(args[1], facts)
        return lambda element: dict(map(read_entry, element))
    if isinstance(bare, type) and issubclass(bare, Shape):
        return partial(read_struct, bare)
    if bare is str and not facts.keys() & {"read", "wire"}:
        return _read_text
    read_text = text_reader(bare, facts)
    return lambda element: read_text(element.text or "")


def _make_entry_reader(hint: Any, facts: Mapping[str, Any]) -> Callable[[Element], tuple[str, Any]]:
    key_name, value_name = facts.get("entry", ("key", "value"))
    read = _make_reader(hint)

    def read_entry(element: Element) -> tuple[str, Any]:
        value = find_child(element, value_name)
        return _child_text(element, key_name), None if value is None else read(value)

    return read_entry


def _read_text(element: Element) -> str:
    return element.text or ""


_tables: dict[type[Shape], Table] = {}
