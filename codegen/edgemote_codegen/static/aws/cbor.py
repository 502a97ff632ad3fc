"""Reads and writes the CBOR data items of Smithy's RPC v2 protocol.

https://www.rfc-editor.org/rfc/rfc8949, https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html

It writes definite lengths and the shortest heads. It reads everything that is well-formed:
indefinite lengths, half to double floats, null and undefined as None, times (tag 1) and big numbers
(tags 2, 3 and 4) as numbers. Other tags are ignored. Map keys must be text.
"""

from __future__ import annotations

from struct import iter_unpack, unpack_from
from typing import Any

# Depth of nested lists, maps and tags: more than in any service's responses, and far less than
# Python's stack allows.
DEPTH_LIMIT = 128

# Lists and maps of one response: one of a single byte takes 70 bytes, and hundreds as a struct.
# The longest known ones, 500 metrics with 30 dimensions each, have 16,000. 20,000 to 1,000,000.
CONTAINER_LIMIT = 50_000

# Of a big number: 1,024 bits.
BIG_NUMBER_BYTES = 128

_UINT, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG = range(7)
_INDEFINITE = 31
_BREAK = 0xFF
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
# Numbers by their heads: how `struct` calls what follows, and its size.
_FORMS = {
    0x18: ("B", 1), 0x19: ("H", 2), 0x1A: ("I", 4), 0x1B: ("Q", 8),
    0xF9: ("e", 2), 0xFA: ("f", 4), 0xFB: ("d", 8),
}  # fmt: skip
_TIME_HEAD = 0xC1
_MANY = 4
_TIME, _BIG, _BIG_NEGATIVE, _DECIMAL = 1, 2, 3, 4


class CborError(ValueError):
    """The bytes are not a data item that this module reads. The text does not quote them."""


def append_head(out: bytearray, major: int, number: int) -> None:
    """Return the head of a data item: its major type, and a number of at most 64 bits."""
    if number < 24:
        out.append(major << 5 | number)
    elif number < 0x100:
        out += bytes((major << 5 | 24, number))
    elif number < 0x10000:
        out.append(major << 5 | 25)
        out += number.to_bytes(2, "big")
    elif number < 0x1_0000_0000:
        out.append(major << 5 | 26)
        out += number.to_bytes(4, "big")
    else:
        out.append(major << 5 | 27)
        out += number.to_bytes(8, "big")


def append_text(out: bytearray, text: str) -> None:
    """Raises UnicodeEncodeError for an unpaired surrogate."""
    content = text.encode()
    size = len(content)
    if size < 24:
        out.append(_TEXT << 5 | size)
    else:
        append_head(out, _TEXT, size)
    out += content


def append_bytes(out: bytearray, content: bytes) -> None:
    """A byte string."""
    append_head(out, _BYTES, len(content))
    out += content


def append_integer(out: bytearray, number: int) -> None:
    """Beyond 64 bits it is a big number. Raises OverflowError beyond BIG_NUMBER_BYTES."""
    major, count = (_NEGATIVE, -1 - number) if number < 0 else (_UINT, number)
    if count < 1 << 64:
        append_head(out, major, count)
    else:
        content = count.to_bytes(BIG_NUMBER_BYTES, "big").lstrip(b"\0")
        append_head(out, _TAG, _BIG_NEGATIVE if number < 0 else _BIG)
        append_bytes(out, content)


def decode(content: bytes) -> Any:
    """The one data item that the bytes are. Raises CborError."""
    try:
        value, end = _read(content, 0, DEPTH_LIMIT + 1, [CONTAINER_LIMIT])
    except IndexError:
        raise CborError("it ends too early") from None
    if end != len(content):
        raise CborError(f"{len(content) - end} bytes follow it")
    return value


def _read(content: bytes, at: int, depth: int, room: list[int]) -> tuple[Any, int]:
    """A data item, and where the next one begins; `room` is how many lists and maps may follow.
    Raises CborError or IndexError.
    """
    first = content[at]
    at += 1
    major, short = first >> 5, first & 31
    if short < 24:
        number = short
    elif short < 28:
        size = 1 << (short - 24)
        number = int.from_bytes(content[at : at + size], "big")
        at += size
        if at > len(content):
            raise CborError("it ends too early")
    elif short == _INDEFINITE and _BYTES <= major <= _MAP:
        number = -1
    else:
        raise CborError(f"0x{first:02x} does not begin a data item")
    if major in (_TEXT, _BYTES):
        return _read_string(content, at, major, number)
    if major == _UINT:
        return number, at
    if major == _NEGATIVE:
        return -1 - number, at
    if major == _MAP:
        return _read_map(content, at, number, depth - 1, room)
    if major == _LIST:
        return _read_list(content, at, number, depth - 1, room)
    if major == _TAG:
        return _read_tagged(content, at, number, depth - 1, room)
    if short in _FLOATS:
        return unpack_from(_FLOATS[short], content, at - (1 << (short - 24)))[0], at
    if short in _SIMPLE:
        return _SIMPLE[short], at
    raise CborError(f"0x{first:02x} does not begin a data item")


def _read_string(content: bytes, at: int, major: int, number: int) -> tuple[Any, int]:
    if number < 0:
        chunks = []
        while content[at] != _BREAK:
            if content[at] >> 5 != major or content[at] & 31 == _INDEFINITE:
                raise CborError("a string has a chunk of another kind")
            chunk, at = _read(content, at, 1, [])
            chunks.append(chunk)
        return (b"" if major == _BYTES else "").join(chunks), at + 1
    end = at + number
    if end > len(content):
        raise CborError("it ends too early")
    if major == _BYTES:
        return content[at:end], end
    try:
        return str(content[at:end], "utf-8"), end
    except UnicodeDecodeError:
        raise CborError("a text string is not in UTF-8") from None


def _read_list(
    content: bytes, at: int, number: int, depth: int, room: list[int]
) -> tuple[list[Any], int]:
    _enter(depth, room)
    if number > len(content) - at:  # an item has at least a byte
        raise CborError("it ends too early")
    if number >= _MANY and depth > 1:
        numbers, end = _read_numbers(content, at, number)
        if numbers is not None:
            return numbers, end
    items = []
    while number:
        if number < 0 and content[at] == _BREAK:
            return items, at + 1
        item, at = _read(content, at, depth, room)
        items.append(item)
        number -= 1
    return items, at


def _read_numbers(content: bytes, at: int, number: int) -> tuple[list[Any] | None, int]:
    """A list of numbers, or times, that are all written in the same form; None of others."""
    lead = content[at : at + 2] if content[at] == _TIME_HEAD else content[at : at + 1]
    form = _FORMS.get(lead[-1])
    if form is None:
        return None, at
    pads, (code, width) = len(lead), form
    step = pads + width
    end = at + number * step
    if end > len(content):
        return None, at
    for offset in range(pads):
        if content[at + offset : end : step].count(lead[offset]) != number:
            return None, at
    pairs = iter_unpack(f">{pads}x{code}", memoryview(content)[at:end])
    return [value for (value,) in pairs], end


def _read_map(
    content: bytes, at: int, number: int, depth: int, room: list[int]
) -> tuple[dict[str, Any], int]:
    _enter(depth, room)
    if number > len(content) - at:
        raise CborError("it ends too early")
    items = {}
    while number:
        if number < 0 and content[at] == _BREAK:
            return items, at + 1
        if content[at] >> 5 != _TEXT:
            raise CborError("a map key is not text")
        key, at = _read(content, at, depth, room)
        items[key], at = _read(content, at, depth, room)
        number -= 1
    return items, at


def _enter(depth: int, room: list[int]) -> None:
    if not depth:
        raise CborError("it is nested too deeply")
    room[0] -= 1
    if room[0] < 0:
        raise CborError(
            f"it has more than {CONTAINER_LIMIT} lists and maps (aws.cbor.CONTAINER_LIMIT)"
        )


def _read_tagged(content: bytes, at: int, tag: int, depth: int, room: list[int]) -> tuple[Any, int]:
    if not depth:
        raise CborError("it is nested too deeply")
    value, at = _read(content, at, depth, room)
    if tag == _TIME:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise CborError("a timestamp is not a number")
    elif tag in (_BIG, _BIG_NEGATIVE):
        if not isinstance(value, bytes) or len(value) > BIG_NUMBER_BYTES:
            raise CborError(f"a big number is not of at most {BIG_NUMBER_BYTES} bytes")
        number = int.from_bytes(value, "big")
        value = -1 - number if tag == _BIG_NEGATIVE else number
    elif tag == _DECIMAL:
        value = _read_decimal(value)
    return value, at


def _read_decimal(value: Any) -> float:
    """[exponent, mantissa], by powers of ten. Beyond a float's range it is infinite, or zero."""
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(part, int) and not isinstance(part, bool) for part in value)
    ):
        raise CborError("a decimal fraction is not a pair of integers")
    exponent, mantissa = value
    return float(f"{mantissa}e{exponent}")
