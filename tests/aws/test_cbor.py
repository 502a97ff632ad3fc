"""The CBOR codec against cbor2, and hostile bytes.

Whatever the bytes are, the reader gives the value that cbor2 gives or raises CborError, in time and
memory that are proportional to their number.
"""

from __future__ import annotations

import ast
import contextlib
import math
import struct
from collections.abc import Iterator
from random import Random
from typing import Any

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aws import cbor
from hostile_cbor import mutate, read_corpus

READ = [(content, words) for content, words in read_corpus() if not words.startswith("!")]
REFUSED = [(content, words[2:]) for content, words in read_corpus() if words.startswith("!")]


def plain(value: Any) -> Any:
    """NaN by name, as it equals nothing; undefined as None."""
    if value is cbor2.undefined:
        return None
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


@pytest.mark.parametrize(("content", "expected"), READ)
def test_what_is_read(content: bytes, expected: str) -> None:
    wanted = {'float("inf")': math.inf, 'float("-inf")': -math.inf}.get(expected)
    wanted = ast.literal_eval(expected) if wanted is None else wanted
    value = plain(cbor.decode(content))
    assert value == wanted
    assert type(value) is type(wanted)


@pytest.mark.parametrize(("content", "words"), REFUSED)
def test_what_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(cbor.CborError, match=words):
        cbor.decode(content)


numbers = st.integers(-(2**70), 2**70) | st.integers(-300, 300)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | st.floats()
    | st.text(max_size=30)
    | st.binary(max_size=30)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=40,
)


@given(values, st.booleans())
def test_what_cbor2_writes_is_read(value: Any, canonical: bool) -> None:
    assert plain(cbor.decode(cbor2.dumps(value, canonical=canonical))) == plain(value)


def write_loosely(value: Any, random: Random) -> bytes:
    """Any of the forms that a value has: wide heads, indefinite lengths, every width of floats."""
    if isinstance(value, (str, bytes)):
        major, content = (3, value.encode()) if isinstance(value, str) else (2, value)
        if random.random() < 0.3:
            middle = random.randint(0, len(value))
            parts = (value[:middle], value[middle:])
            chunks = (part.encode() if isinstance(part, str) else part for part in parts)
            whole = b"".join(head(major, len(chunk), random) + chunk for chunk in chunks)
            return bytes((major << 5 | 31,)) + whole + b"\xff"
        return head(major, len(content), random) + content
    if isinstance(value, list):
        return write_items(4, [write_loosely(part, random) for part in value], random)
    if isinstance(value, dict):
        pairs = (
            (write_loosely(key, random), write_loosely(part, random)) for key, part in value.items()
        )
        return write_items(5, [key + part for key, part in pairs], random)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63:
        return head(1, -1 - value, random) if value < 0 else head(0, value, random)
    if isinstance(value, float):
        return random.choice(list(float_forms(value)))
    if value is None:
        return random.choice((b"\xf6", b"\xf7"))
    return cbor2.dumps(value)


def head(major: int, number: int, random: Random) -> bytes:
    widths = [0] * (number < 24) + [width for width in (1, 2, 4, 8) if number < 1 << (8 * width)]
    width = random.choice(widths)
    if not width:
        return bytes((major << 5 | number,))
    return bytes((major << 5 | 23 + width.bit_length(),)) + number.to_bytes(width, "big")


def write_items(major: int, items: list[bytes], random: Random) -> bytes:
    if random.random() < 0.4:
        return bytes((major << 5 | 31,)) + b"".join(items) + b"\xff"
    return head(major, len(items), random) + b"".join(items)


def float_forms(value: float) -> Iterator[bytes]:
    for first, form in ((0xF9, ">e"), (0xFA, ">f"), (0xFB, ">d")):
        try:
            content = struct.pack(form, value)
        except OverflowError:
            continue
        if plain(struct.unpack(form, content)[0]) == plain(value):
            yield bytes((first,)) + content


@given(values, st.randoms(use_true_random=True))
def test_every_form_of_a_value_is_read(value: Any, random: Random) -> None:
    content = write_loosely(value, random)
    assert plain(cbor.decode(content)) == plain(value)
    assert plain(cbor2.loads(content)) == plain(value)


@given(numbers)
@example(23)
@example(24)
@example(2**64 - 1)
@example(2**64)
@example(-(2**64))
@example(-(2**64) - 1)
def test_numbers_are_written_as_cbor2_writes_them(number: int) -> None:
    out = bytearray()
    cbor.append_integer(out, number)
    assert bytes(out) == cbor2.dumps(number)


@given(st.text(), st.binary())
@example("x" * 255, b"x" * 256)
@example("x" * 65_536, b"x" * 65_535)
def test_strings_are_written_as_cbor2_writes_them(text: str, content: bytes) -> None:
    out = bytearray()
    cbor.append_text(out, text)
    cbor.append_bytes(out, content)
    assert bytes(out) == cbor2.dumps(text) + cbor2.dumps(content)


FORMS = {0x18: 1, 0x19: 2, 0x1A: 4, 0x1B: 8, 0x38: 1, 0xF9: 2, 0xFA: 4, 0xFB: 8}
forms = st.sampled_from(sorted(FORMS))


@given(
    forms,
    st.booleans(),
    st.integers(0, 30),
    st.randoms(use_true_random=False),
    st.none() | st.tuples(st.integers(0, 30), forms, st.booleans()),
    st.integers(0, 9),
)
@example(0xFB, True, 20, Random(0), None, 0)
@example(0xFB, True, 4, Random(0), (2, 0x1B, True), 0)
@example(0xFB, True, 4, Random(0), (2, 0xFB, False), 0)
def test_a_list_of_numbers_is_what_its_items_are(
    form: int,
    timed: bool,
    count: int,
    random: Random,
    other: tuple[int, int, bool] | None,
    cut: int,
) -> None:
    """Those in one form are read at once: not where one of them has another, or lacks its end."""
    rows = [(form, timed)] * count
    if other is not None and other[0] < count:
        rows[other[0]] = other[1:]
    items = [
        (b"\xc1" if tagged else b"") + bytes((head,)) + random.randbytes(FORMS[head])
        for head, tagged in rows
    ]
    content = cbor2.dumps([0] * count)[: 1 if count < 24 else 2] + b"".join(items)
    assert plain(cbor.decode(content)) == [plain(cbor.decode(item)) for item in items]
    if count and cut:
        with pytest.raises(cbor.CborError):
            cbor.decode(content[:-cut])


def test_a_head_has_up_to_64_bits() -> None:
    out = bytearray()
    cbor.append_head(out, 4, 2**64 - 1)
    assert bytes(out) == b"\x9b" + b"\xff" * 8
    with pytest.raises(OverflowError):
        cbor.append_head(out, 4, 2**64)


def test_big_numbers_are_bounded() -> None:
    largest = 2 ** (8 * cbor.BIG_NUMBER_BYTES) - 1
    out = bytearray()
    cbor.append_integer(out, largest)
    assert cbor.decode(bytes(out)) == largest
    with pytest.raises(OverflowError):
        cbor.append_integer(out, largest + 1)
    with pytest.raises(cbor.CborError, match="a big number"):
        cbor.decode(cbor2.dumps(largest + 1))


@pytest.mark.parametrize(
    "opening", [b"\x81", b"\x9f", b"\xa1\x60", b"\xbf\x60", b"\xc1", b"\xd8\x40"]
)
def test_depth_is_bounded(opening: bytes) -> None:
    assert cbor.decode(b"\x81" * (cbor.DEPTH_LIMIT - 1) + b"\x80")
    for depth in (cbor.DEPTH_LIMIT + 1, 100_000):
        with pytest.raises(cbor.CborError, match="nested too deeply"):
            cbor.decode(opening * depth + b"\x80")


seeds = st.sampled_from([content for content, _ in read_corpus()]) | values.map(cbor2.dumps)


# What is read is what cbor2 reads; all else is refused, with CborError and nothing else.
@settings(max_examples=1500, deadline=None)
@given(seeds, st.randoms(use_true_random=True))
def test_hostile_bytes(seed: bytes, random: Random) -> None:
    content = mutate(random, seed)
    with contextlib.suppress(cbor.CborError):
        value = cbor.decode(content)
        # cbor2 looks into what other tags say: dates, patterns, addresses.
        if not any(byte >> 5 == 6 for byte in content):
            assert plain(value) == plain(cbor2.loads(content))


@given(st.binary(max_size=40))
def test_any_bytes(content: bytes) -> None:
    with contextlib.suppress(cbor.CborError):
        cbor.decode(content)
