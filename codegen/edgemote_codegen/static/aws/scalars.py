"""Convert scalars to and from the text in XML elements and query strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from .errors import ValidationError
from .lenient import READERS, WIRE_READERS
from .timestamps import format_unixtimestamp, parse_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def take_apart(hint: Any) -> tuple[Any, Mapping[str, Any]]:
    """Return the bare type, without `| None`, and the facts in its annotations."""
    facts: dict[str, Any] = {}
    while True:
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            for meta in args[1:]:
                facts |= meta.extra or {}
        elif origin in (list, dict) or not args:
            return hint, facts
        hint = args[0]


def text_writer(bare: Any, facts: Mapping[str, Any]) -> Callable[[Any], str]:
    """Return a function that converts a checked value of this type to text."""
    if facts.get("wire") == "unixtimestamp":
        return _write_time
    return _WRITERS.get(bare, str)


def text_reader(bare: Any, facts: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return a function that converts text to this type, and returns text that does not fit."""
    read: Callable[[Any], Any] | None = facts.get("read")
    if read is not None:
        return read
    wire = facts.get("wire")
    if wire in _TIMES:
        return read_time
    return WIRE_READERS[wire] if wire else READERS.get(bare, _hand_on)


def _write_text(value: Any) -> str:
    text = str.__str__(value)  # the plain text, also of an enum's member
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError("$: a string contains an unpaired surrogate") from None
    return text


def _write_bool(value: Any) -> str:
    return "true" if value else "false"


def _write_int(value: Any) -> str:
    return int.__repr__(value)


def _write_blob(value: Any) -> str:
    from binascii import b2a_base64

    return b2a_base64(value, newline=False).decode()


def _write_time(value: Any) -> str:
    return str(format_unixtimestamp(value))


def read_time(text: Any) -> Any:
    try:
        return parse_text(text)
    except (ValueError, OverflowError):
        return text


def _hand_on(text: Any) -> Any:
    return text


_TIMES = ("unixtimestamp", "iso8601", "rfc822")
_WRITERS: Mapping[Any, Callable[[Any], str]] = {
    str: _write_text,
    bool: _write_bool,
    int: _write_int,
    bytes: _write_blob,
}
