"""A lenient reader of responses, for those that msgspec's strict and fast reader refuses.

It builds structs from what a JSON parser returned (dicts, lists, strings, numbers) as
botocore.parsers does: unknown members are skipped, null means absent (also in maps that are not
sparse, unlike botocore: https://smithy.io/2.0/spec/type-refinement-traits.html#sparse-trait), "NaN"
is a number, timestamps may have any known form, and a value of an unexpected type is passed on
unchanged. This module is imported only after the strict reader has refused a response, or for
headers and errors.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from .shape import Shape, type_hints


def build(shape: type[Shape], values: Any) -> Any:
    """Build a struct from a dict with wire names. Absent members are None, even required ones."""
    if not isinstance(values, dict):
        return values
    hints = type_hints(shape)
    fields: dict[str, Any] = {}
    for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True):
        value = values.get(wire)
        fields[field] = None if value is None else read(hints[field], value)
    return shape(**fields)


def read(hint: Any, value: Any) -> Any:
    """Return a value of the annotated type."""
    if value is None:
        return None
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        wire = (args[1].extra or {}).get("wire") if args[1] else None
        return WIRE_READERS[wire](value) if wire else read(args[0], value)
    if origin is list:
        return [read(args[0], item) for item in value] if isinstance(value, list) else value
    if origin is dict:
        if not isinstance(value, dict):
            return value
        # Only sparse maps and documents have annotations that accept None.
        keeps_null = type(None) in get_args(args[1]) or _takes_anything(args[1])
        return {
            key: read(args[1], item)
            for key, item in value.items()
            if item is not None or keeps_null
        }
    if args:  # X | None
        return read(args[0], value)
    if isinstance(hint, type) and issubclass(hint, Shape):
        return build(hint, value)
    reader = READERS.get(hint)
    return reader(value) if reader else value


def _takes_anything(hint: Any) -> bool:
    return hint is Any or (get_origin(hint) is Annotated and get_args(hint)[0] is Any)


def read_text(hint: Any, text: str) -> Any:
    """Return a value of the annotated type from the text of a header."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is list:
        return [read_text(args[0], part) for part in _split_list(args[0], text)]
    if origin is Annotated:
        wire = (args[1].extra or {}).get("wire")
        if wire == "jsonvalue":
            return _read_json_header(text)
        return WIRE_READERS[wire](text) if wire else read_text(args[0], text)
    if args:
        return read_text(args[0], text)
    return read(hint, text)


def _split_list(hint: Any, text: str) -> list[str]:
    """Return the items of a list in a header. A date contains a comma, and so may a quoted string
    (https://smithy.io/2.0/spec/http-bindings.html#httpheader-trait).
    """
    parts = [part.strip() for part in text.split(",")]
    if get_origin(hint) is Annotated and get_args(hint)[0] is float:
        dates: list[str] = []
        for part in parts:
            if dates and dates[-1].isalpha():  # a weekday
                dates[-1] += f", {part}"
            else:
                dates.append(part)
        return dates
    return _split_quoted(text) if '"' in text else parts


def _split_quoted(text: str) -> list[str]:
    items = []
    at = 0
    while at <= len(text):
        end = text.find(",", at)
        end = len(text) if end < 0 else end
        item = text[at:end].strip()
        if item.startswith('"'):
            quoted, after = _read_quoted(text, text.index('"', at) + 1)
            comma = text.find(",", after)
            comma = len(text) if comma < 0 else comma
            if after > 0 and not text[after:comma].strip():
                item, end = quoted, comma
        items.append(item)
        at = end + 1
    return items


def _read_quoted(text: str, at: int) -> tuple[str, int]:
    """Return the content of the open quotes and the place after them, or 0 if they do not end."""
    found = ""
    while at < len(text) and text[at] != '"':
        at += text[at : at + 2] in ('\\"', "\\\\")
        found += text[at]
        at += 1
    return found, at + 1 if at < len(text) else 0


def _read_json_header(text: str) -> Any:
    from binascii import a2b_base64

    from msgspec.json import decode

    try:
        return decode(a2b_base64(text))
    except (ValueError, RecursionError):
        return text


def _read_blob(value: Any) -> Any:
    from binascii import a2b_base64

    try:
        return a2b_base64(value)
    except (ValueError, TypeError):
        return value


def _read_float(value: Any) -> Any:
    try:
        return float(value)
    except (ValueError, TypeError):
        return value


def _read_int(value: Any) -> Any:
    if isinstance(value, str) and len(value) > DIGIT_LIMIT:
        return value
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError):
        return value


def _read_bool(value: Any) -> Any:
    return value.lower() == "true" if isinstance(value, str) else value


def _read_time(value: Any) -> Any:
    from .timestamps import parse_text

    try:
        return parse_text(value) if isinstance(value, str) else float(value)
    except (ValueError, TypeError, OverflowError):
        return value


def _hand_on(value: Any) -> Any:
    return value


# Limit of a number's digits: Python 3.10 would read millions of them, in quadratic time.
DIGIT_LIMIT = 40

READERS = {bytes: _read_blob, float: _read_float, int: _read_int, bool: _read_bool}
WIRE_READERS = {
    "unixtimestamp": _read_time,
    "iso8601": _read_time,
    "rfc822": _read_time,
    "document": _hand_on,
    "jsonvalue": _hand_on,
    "stream": _hand_on,
}
