"""Serializes validated parameters to the forms of AWS Query and EC2.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#query-key-resolution and
aws-ec2-query-protocol.html, botocore.serialize.QuerySerializer and EC2Serializer

A writer takes the list that collects the pairs, the name so far, and a value. Writers are made from
annotations when a struct is first written, and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from .scalars import take_apart, text_writer
from .shape import Shape, type_hints
from .sigv4 import uri_encode
from .validate import member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from .operation import Operation

    Writer: TypeAlias = Callable[[list[str], str, Any], None]
    Row: TypeAlias = tuple[str, str, str, Writer]


def encode(operation: Operation[Any], fields: Mapping[str, Any], *, ec2: bool) -> bytes:
    """Return the body of an operation for validated parameters, by member name."""
    pairs = [operation.static_query]
    if operation.input is not None:
        for field, _, name, write in _rows(operation.input, ec2):
            value = fields.get(member_name(field))
            if value is not None:
                write(pairs, name, value)
    return "&".join(pairs).encode()


def _rows(shape: type[Shape], ec2: bool) -> list[Row]:
    """(field, the responses' name, the form's name, writer) of each member."""
    rows = _tables.get(shape)
    if rows is None:
        hints = type_hints(shape)
        names = getattr(shape, "_form_names", {})
        rows = _tables[shape] = [
            (
                field,
                wire,
                uri_encode(names.get(field) or (wire[:1].upper() + wire[1:] if ec2 else wire)),
                _make_writer(hints[field], ec2),
            )
            for field, wire in zip(
                shape.__struct_fields__, shape.__struct_encode_fields__, strict=True
            )
        ]
    return rows


def _make_writer(hint: Any, ec2: bool) -> Writer:
    bare, facts = take_apart(hint)
    origin, args = get_origin(bare), get_args(bare)
    if origin is list:
        return _make_list_writer(_make_writer(args[0], ec2), facts, ec2)
    if origin is dict:
        return _make_map_writer(_make_writer(args[0], ec2), _make_writer(args[1], ec2), facts)
    if isinstance(bare, type) and issubclass(bare, Shape):

        def write_struct(pairs: list[str], prefix: str, value: Any) -> None:
            is_dict = isinstance(value, dict)
            for field, wire, name, write in _rows(bare, ec2):
                part = value.get(wire) if is_dict else getattr(value, field)
                if part is not None:
                    write(pairs, f"{prefix}.{name}", part)

        return write_struct
    write_text = text_writer(bare, facts)

    def write(pairs: list[str], prefix: str, value: Any) -> None:
        pairs.append(f"{prefix}={uri_encode(write_text(value))}")

    return write


def _make_list_writer(write: Writer, facts: Mapping[str, Any], ec2: bool) -> Writer:
    is_flat = facts.get("flat")
    nested = "" if ec2 or is_flat else "." + uri_encode(facts.get("item", "member"))
    # botocore uses the name of the list's items, Smithy the list's own name, if it has one.
    name = uri_encode(facts.get("item", "")) if is_flat and not facts.get("named") else ""

    def write_list(pairs: list[str], prefix: str, value: Any) -> None:
        if not value and not ec2:
            pairs.append(f"{prefix}=")  # the only form of an empty list
        if name and not ec2:
            before, dot, _ = prefix.rpartition(".")
            prefix = f"{before}{dot}{name}"
        items = (item for item in value if item is not None)  # for which a form has no words
        for number, item in enumerate(items, 1):
            write(pairs, f"{prefix}{nested}.{number}", item)

    return write_list


def _make_map_writer(write_key: Writer, write: Writer, facts: Mapping[str, Any]) -> Writer:
    key_name, value_name = map(uri_encode, facts.get("entry", ("key", "value")))
    nested = "" if facts.get("flat") else ".entry"

    def write_map(pairs: list[str], prefix: str, value: Any) -> None:
        parts = (pair for pair in value.items() if pair[1] is not None)
        for number, (key, part) in enumerate(parts, 1):
            entry = f"{prefix}{nested}.{number}"
            write_key(pairs, f"{entry}.{key_name}", key)
            write(pairs, f"{entry}.{value_name}", part)

    return write_map


_tables: dict[type[Shape], list[Row]] = {}
