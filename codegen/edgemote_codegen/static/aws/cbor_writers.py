"""Write checked parameters as CBOR, by a function for each annotation, made on first use."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from msgspec.structs import astuple

from .cbor import append_bytes, append_head, append_integer, append_text
from .shape import Shape, type_hints
from .timestamps import format_unixtimestamp
from .validate import is_optional, member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Writer = Callable[[bytearray, Any], None]

_TEXT, _LIST, _MAP = 3, 4, 5
_TIME_TAG = 0xC1
_pack_single, _pack_double, _pack_time = (Struct(form).pack for form in (">Bf", ">Bd", ">BBd"))
_SINGLE, _DOUBLE = 0xFA, 0xFB
_NOT_FINITE = {"NaN": b"\xf9\x7e\x00", "Infinity": b"\xf9\x7c\x00", "-Infinity": b"\xf9\xfc\x00"}


def write_members(out: bytearray, shape: type[Shape], fields: Mapping[str, Any]) -> None:
    """Write the map of an input from its checked parameters, by member name.

    Raises ValueError, TypeError or OverflowError for values without a CBOR form.
    """
    members = _members.get(shape)
    if members is None:
        members = _members[shape] = {
            member_name(field): (key, write) for field, _, key, write in _plan(shape)
        }
    append_head(out, _MAP, len(fields))
    for name, value in fields.items():
        key, write = members[name]
        out += key
        write(out, value)


def _plan(shape: type[Shape]) -> list[tuple[str, str, bytes, Writer]]:
    """Return (field, wire name, its bytes, writer) of each member."""
    plan = _plans.get(shape)
    if plan is None:
        plan = _plans[shape] = []  # stored before it is filled, because a shape may contain itself
        hints = type_hints(shape)
        names = zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True)
        for field, wire in names:
            key = bytearray()
            append_text(key, wire)
            hint = hints[field]
            # A member that is None is left out.
            write = _writer(get_args(hint)[0] if is_optional(hint) else hint)
            plan.append((field, wire, bytes(key), write))
    return plan


def _writer(hint: Any) -> Writer:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        extra = args[1].extra or {}
        if extra.get("wire") == "unixtimestamp":
            return _write_time
        return _write_single if extra.get("single") else _writer(args[0])
    if origin is list:
        return _list_writer(_writer(args[0]))
    if origin is dict:
        return _map_writer(_writer(args[1]))
    if type(None) in args:
        return _optional_writer(_writer(args[0]))
    if isinstance(hint, type) and issubclass(hint, Shape):
        return _struct_writer(hint)
    return _WRITERS[hint]


def _struct_writer(shape: type[Shape]) -> Writer:
    # In the order of the fields of what is written: the struct, or the struct that checks it.
    plans: dict[type, list[tuple[bytes, Writer]]] = {}

    def make_plan(kind: type) -> list[tuple[bytes, Writer]]:
        rows = {field: (key, write) for field, _, key, write in _plan(shape)}
        fields = shape.__struct_fields__ if kind is dict else kind.__struct_fields__
        plan = plans[kind] = [rows[field] for field in fields]
        return plan

    def write(out: bytearray, value: Any) -> None:
        kind = type(value)
        plan = plans.get(kind) or make_plan(kind)
        # Validation's second pass turns a struct whose members the wire renames into a dict.
        parts = map(value.get, shape.__struct_encode_fields__) if kind is dict else astuple(value)
        start = len(out)
        out.append(_MAP << 5)
        count = 0
        for (key, write_part), part in zip(plan, parts, strict=True):
            if part is None:
                continue
            count += 1
            out += key
            if write_part is append_text:  # the usual kind of member, written without a call
                content = part.encode()
                size = len(content)
                if size < 24:
                    out.append(_TEXT << 5 | size)
                else:
                    append_head(out, _TEXT, size)
                out += content
            else:
                write_part(out, part)
        if count < 24:
            out[start] |= count
        else:
            head = bytearray()
            append_head(head, _MAP, count)
            out[start : start + 1] = head

    return write


def _list_writer(write_item: Writer) -> Writer:
    def write(out: bytearray, value: Any) -> None:
        size = len(value)
        if size < 24:
            out.append(_LIST << 5 | size)
        else:
            append_head(out, _LIST, size)
        for item in value:
            write_item(out, item)

    return write


def _map_writer(write_part: Writer) -> Writer:
    def write(out: bytearray, value: Any) -> None:
        append_head(out, _MAP, len(value))
        for key, part in value.items():
            append_text(out, key)
            write_part(out, part)

    return write


def _optional_writer(write: Writer) -> Writer:
    """Write an item of a sparse list or map."""

    def write_or_null(out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0xF6)
        else:
            write(out, value)

    return write_or_null


def _write_bool(out: bytearray, value: Any) -> None:
    out.append(0xF5 if value else 0xF4)


def _write_time(out: bytearray, value: Any) -> None:
    seconds = format_unixtimestamp(float(value))  # a Decimal passes the native check
    if isinstance(seconds, int):
        out.append(_TIME_TAG)
        append_integer(out, seconds)
    else:
        out += _pack_time(_TIME_TAG, _DOUBLE, seconds)


def _write_double(out: bytearray, value: Any) -> None:
    if isinstance(value, str):  # validation turns numbers that are not finite into strings
        out += _NOT_FINITE[value]
    else:
        out += _pack_double(_DOUBLE, value)


def _write_single(out: bytearray, value: Any) -> None:
    if isinstance(value, str):
        out += _NOT_FINITE[value]
    else:
        out += _pack_single(_SINGLE, value)


_WRITERS: dict[Any, Writer] = {
    str: append_text,
    bytes: append_bytes,
    int: append_integer,
    float: _write_double,
    bool: _write_bool,
}
_plans: dict[type[Shape], list[tuple[str, str, bytes, Writer]]] = {}
_members: dict[type[Shape], dict[str, tuple[bytes, Writer]]] = {}
