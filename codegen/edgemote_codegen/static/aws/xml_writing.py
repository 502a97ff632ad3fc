"""From checked parameters to XML bodies.

https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings, botocore.serialize.RestXMLSerializer

A writer takes the list that the text is collected in, the name of its element, and a value. Writers
are made from annotations when a struct is first written, and kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, get_args, get_origin

from .scalars import take_apart, text_writer
from .shape import Shape, type_hints
from .validate import member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from .operation import Operation

    Writer: TypeAlias = Callable[[list[str], str, Any], None]
    Row: TypeAlias = tuple[str, str, str, Writer | None, Callable[[Any], str] | None]
    Table: TypeAlias = tuple[str, list[tuple[str, str, Callable[[Any], str]]], list[Row]]


def encode_members(operation: Operation[Any], fields: Mapping[str, Any]) -> bytes:
    """The body that holds these checked parameters, by member name."""
    shape = operation.input
    assert shape is not None
    value = {
        wire: fields.get(member_name(field))
        for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True)
    }
    return encode(operation, shape, value)


def encode(operation: Operation[Any], hint: Any, value: Any) -> bytes:
    """The body that a value of this type is: a struct, or a dict with the wire's names; a list or a
    map.
    """
    out: list[str] = []
    name = operation.body_name
    if get_origin(take_apart(hint)[0]) is None:
        _write_struct(hint, _declare(operation.body_namespace), out, name or hint.__name__, value)
    else:
        _make_writer(hint)(out, name, value)
    return "".join(out).encode()


def _write_struct(
    shape: type[Shape], attributes: str, out: list[str], name: str, value: Any
) -> None:
    """`attributes` is the namespace of what refers to the struct: it hides the struct's own."""
    table = _tables.get(shape)
    if table is None:
        table = _tables[shape] = _make_table(shape)
    namespace, attribute_rows, rows = table
    is_dict = isinstance(value, dict)
    attributes = attributes or namespace
    for field, wire, write_attribute in attribute_rows:
        part = value.get(wire) if is_dict else getattr(value, field)
        if part is not None:
            attributes += f' {wire}="{_escape_attribute(write_attribute(part))}"'
    out.append(f"<{name}{attributes}>")
    for field, wire, tag, write, write_text in rows:
        part = value.get(wire) if is_dict else getattr(value, field)
        if part is None:
            continue
        if write_text is not None:  # without a call for each element
            text = write_text(part)
            if "&" in text or "<" in text or ">" in text or "\r" in text:
                text = _escape(text)
            out.append(f"<{tag}>{text}</{tag}>")
        elif write is not None:
            write(out, tag, part)
    out.append(f"</{name}>")


def _make_table(shape: type[Shape]) -> Table:
    """(namespace declaration, attributes, elements) of a struct. A row is a field, its name in
    dicts, and for elements the tag and what writes it, or the text in it.
    """
    hints = type_hints(shape)
    attributes: list[tuple[str, str, Callable[[Any], str]]] = []
    rows: list[Row] = []
    in_tag = getattr(shape, "_xml_attributes", ())
    shared = getattr(shape, "_xml_shared", {})
    wires = dict(zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True))
    for field, wire in wires.items():
        bare, facts = take_apart(hints[field])
        if field in in_tag:
            attributes.append((field, wire, text_writer(bare, facts)))
        else:
            name = wires[shared.get(field, field)]
            if _is_scalar(bare) and "namespace" not in facts:
                rows.append((field, wire, name, None, text_writer(bare, facts)))
            else:
                rows.append((field, wire, name, _make_writer(hints[field]), None))
    return _declare(getattr(shape, "_xml_namespace", ())), attributes, rows


def _declare(namespace: tuple[str, ...]) -> str:
    """The attribute that declares a namespace of (prefix or "", URI); none is ()."""
    if not namespace:
        return ""
    prefix, uri = namespace
    return f' xmlns{prefix and f":{prefix}"}="{_escape_attribute(uri)}"'


def _make_writer(hint: Any) -> Writer:
    bare, facts = take_apart(hint)
    origin, args = get_origin(bare), get_args(bare)
    namespace = _declare(facts.get("namespace", ()))
    if origin is list:
        return _make_list_writer(_make_writer(args[0]), facts, namespace)
    if origin is dict:
        return _make_map_writer(_make_writer(args[0]), _make_writer(args[1]), facts, namespace)
    if not _is_scalar(bare):
        return partial(_write_struct, bare, namespace)
    write_text = text_writer(bare, facts)

    def write(out: list[str], name: str, value: Any) -> None:
        text = write_text(value)
        if "&" in text or "<" in text or ">" in text or "\r" in text:
            text = _escape(text)
        out.append(f"<{name}{namespace}>{text}</{name}>")

    return write


def _is_scalar(bare: Any) -> bool:
    if get_origin(bare) is not None:
        return False
    return not (isinstance(bare, type) and issubclass(bare, Shape))


def _make_list_writer(write: Writer, facts: Mapping[str, Any], namespace: str) -> Writer:
    if facts.get("flat"):

        def write_flat(out: list[str], name: str, value: Any) -> None:
            for item in value:
                if item is not None:
                    write(out, name, item)

        return write_flat
    item_name = facts.get("item", "member")

    def write_list(out: list[str], name: str, value: Any) -> None:
        out.append(f"<{name}{namespace}>")
        for item in value:
            if item is not None:
                write(out, item_name, item)
        out.append(f"</{name}>")

    return write_list


def _make_map_writer(
    write_key: Writer, write: Writer, facts: Mapping[str, Any], namespace: str
) -> Writer:
    key_name, value_name = facts.get("entry", ("key", "value"))
    is_flat = facts.get("flat")

    def write_map(out: list[str], name: str, value: Any) -> None:
        entry = name if is_flat else "entry"
        if not is_flat:
            out.append(f"<{name}{namespace}>")
        for key, part in value.items():
            if part is not None:
                out.append(f"<{entry}>")
                write_key(out, key_name, key)
                write(out, value_name, part)
                out.append(f"</{entry}>")
        if not is_flat:
            out.append(f"</{name}>")

    return write_map


def _escape(text: str) -> str:
    """Carriage returns too: a reader of XML would make line feeds of them."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _escape_attribute(text: str) -> str:
    text = _escape(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")


_tables: dict[type[Shape], Table] = {}
