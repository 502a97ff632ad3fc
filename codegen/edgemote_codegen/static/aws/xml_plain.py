"""Read XML in the form in which services write it: elements and text, and attributes only in the
root. For anything else, such as comments, prefixes or attributes, `read` returns None, and
xml_reading builds a tree instead; it also writes the errors.

Expat only checks that a response is well formed. Markup this simple is then taken apart by
str.split. An element with the same tags as the one before it, such as most items of a list, is
read by the same plan: its tags are compared and not looked at otherwise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import repeat
from operator import eq, sub
from pyexpat import ExpatError, ParserCreate
from typing import TYPE_CHECKING, Any, get_args, get_origin

from .lenient import DIGIT_LIMIT, READERS
from .scalars import read_time, take_apart, text_reader
from .shape import Shape, type_hints
from .timestamps import EPOCH
from .validate import is_optional

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    # Field, kind, and the reader of its text, or the table of its struct.
    Row: TypeAlias = tuple[str, int, Any]

# The limits of xml_parser, which reports documents that exceed them. Expat has none of its own: an
# open tag takes 120 bytes.
TAG_LIMIT = 150_000
ATTRIBUTE_LIMIT = 50_000
DEPTH_LIMIT = 60
_CHUNK_BYTES = 65_536
# The most tags of an element that is compared with the next one.
_TAGS_KEPT = 256

# Kinds of members: text, another scalar, or a struct; or a list of them, in an element of its own
# or without one.
_TEXT, _SCALAR, _STRUCT, _LIST, _FLAT = 0, 1, 2, 4, 8


class _UnusualError(Exception):
    """The document must be read by xml_reading."""


class _Table:
    """What is known about a struct: its rows by tag, its fields without a default, and the tags of
    the element that was planned last, with its plan and its depth.
    """

    __slots__ = ("absent", "depth", "make", "plan", "rows", "tags")

    def __init__(self, shape: type[Shape], absent: dict[str, Any]) -> None:
        self.make: Callable[..., Any] = shape
        self.rows: dict[str, Row] = {}
        self.absent = absent
        self.tags: list[str] = []
        self.plan = _Plan(self)
        self.depth = 0


class _Plan:
    """Where the values of an element are, counted in tags from its own: the kind, place and reader
    of each member that is present, and the values that are always the same, such as "" and None.
    """

    __slots__ = ("constants", "make", "members")

    def __init__(self, table: _Table) -> None:
        self.make = table.make
        self.constants = table.absent.copy()
        self.members: dict[str, tuple[int, int, Any]] = {}


def read(shape: type[Shape], body: bytes, wrapper: str = "", error: str = "") -> Any:
    """Return the struct of a response's root, or of the element named `wrapper` in it.

    Returns None if the response is not that simple, is not well formed, or has the root `error`.
    """
    if shape not in _tables:
        made: dict[type[Shape], _Table] = {}
        _tables[shape] = _make_table(shape, made)
        if _tables[shape] is not None:
            _tables.update(made)
    table = _tables[shape]
    if table is None:
        return None
    body = body.strip(b" \t\r\n")
    if body.startswith(b"<?xml "):
        body = body[body.find(b"?>") + 2 :].lstrip(b" \t\r\n")
    # Comments, CDATA sections and document types are not plain either.
    if body[:1] != b"<" or b"\r" in body or (b"!" in body and b"<!" in body):
        return None
    count = body.count(b"<")
    if count > TAG_LIMIT or body.count(b"=") > ATTRIBUTE_LIMIT:
        return None
    try:
        parser = ParserCreate("utf-8")
        for at in range(0, len(body), _CHUNK_BYTES):
            # An error in the last bytes counts too, so the parser is told that they are the last.
            parser.Parse(body[at : at + _CHUNK_BYTES], at + _CHUNK_BYTES >= len(body))
        return _read_root(table, body.decode(), count, wrapper, error)
    except (ExpatError, IndexError, UnicodeDecodeError, _UnusualError):
        return None


def _read_root(table: _Table, text: str, count: int, wrapper: str, error: str) -> Any:
    if count < 2:
        raise _UnusualError
    if "&" in text:
        # &lt;, &gt; and numeric character references are left out: they could be mistaken for tags.
        text = text.replace("&quot;", '"')
        if "&" in text:
            text = text.replace("&apos;", "'")
            if text.count("&") != text.count("&amp;"):
                raise _UnusualError
            text = text.replace("&amp;", "&")
    pieces = text.replace(">", "<").split("<")
    tags, texts = pieces[1::2], pieces[2::2]
    # Text and attributes may contain the end of a tag.
    if len(pieces) != 2 * count + 1:
        raise _UnusualError
    name = tags[0].split(None, 1)[0]
    if name == error or _is_odd(name) or tags[0][-1] == "/":
        raise _UnusualError
    at = 1
    if wrapper:
        while tags[at] != wrapper:
            at = _skip(tags, at, 2)
            if tags[at][0] == "/":
                raise _UnusualError  # it contains no result
        at += 1
    return _carry_out(_plan(table, tags, at, 1)[0], texts, at, 1, 1)[0]


def _carry_out(plan: _Plan, texts: list[str], at: int, stride: int, count: int) -> list[Any]:
    """Return the structs of `count` consecutive elements that have the same tags. The values are
    extracted column by column.
    """
    struct = plan.make(**plan.constants)
    # A copy takes a fifth of the time.
    structs = [struct, *[struct.__copy__() for _ in range(1, count)]]
    for field, (way, place, how) in plan.members.items():
        start = at + place
        if way == _TEXT:
            column = texts[start : start + stride * count : stride]
        elif way == _SCALAR:
            column = how(texts[start : start + stride * count : stride])
        elif way == _STRUCT:
            column = _carry_out(how, texts, start, stride, count)
        elif count == 1:
            items: list[Any] = []
            for run in how:
                items += _carry_out_run(*run, texts, at)
            column = [items]
        else:  # all first items, then all second ones, and so on
            across = [
                _carry_out_run(kind, place + gap * turn, part, stride, count, texts, at)
                for kind, place, part, gap, turns in how
                for turn in range(turns)
            ]
            column = [[*row] for row in zip(*across, strict=True)] or [[] for _ in structs]
        # setattr returns None, so all are set. Keyword arguments would take a dict for each struct,
        # and four times as long.
        any(map(setattr, structs, repeat(field), column))
    return structs


def _carry_out_run(
    way: int, place: int, how: Any, stride: int, count: int, texts: list[str], at: int
) -> list[Any]:
    """Return `count` items of a list."""
    at += place
    if way & _STRUCT:
        return _carry_out(how, texts, at, stride, count)
    found = texts[at : at + stride * count : stride]
    return how(found) if way & _SCALAR else found


def _plan(table: _Table, tags: list[str], at: int, depth: int) -> tuple[_Plan, int]:
    """Return the plan of the element that begins before this place, and the place after it."""
    size = len(table.tags)
    if size and depth <= table.depth and tags[at : at + size] == table.tags:
        return table.plan, at + size
    if depth > DEPTH_LIMIT:
        raise _UnusualError
    plan, start, rows = _Plan(table), at, table.rows
    members, constants = plan.members, plan.constants
    while (tag := tags[at])[0] != "/":
        row = rows.get(tag) or (rows.get(tag[:-1]) if tag[-1] == "/" else None)
        if row is None:
            at = _skip(tags, at, depth)
            continue
        field, way, how = row
        # If a member is present twice, the first one counts.
        known = field in members or constants.get(field) is not None
        if way & _FLAT:
            runs = members[field][2] if known else []
            at = _plan_run(runs, way, how, tags, at, start, depth)
            members[field] = _LIST, 0, runs
        elif tag[-1] == "/":
            at += 1
            if known:
                continue
            if way & _LIST:
                members[field] = _LIST, 0, []
            elif way == _STRUCT:
                members[field] = _STRUCT, 0, _Plan(how)
            else:
                constants[field] = how([""])[0] if way else ""
        elif way & _LIST:
            runs, begin = [], at
            at += 1
            while tags[at][0] != "/":
                at = _plan_run(runs, way, how, tags, at, start, depth + 1)
            at += 1
            if not known:
                members[field] = _LIST, begin, runs
        elif way == _STRUCT:
            place = at + 1 - start
            part, at = _plan(how, tags, at + 1, depth + 1)
            if not known:
                members[field] = _STRUCT, place, part
        else:
            if tags[at + 1][0] != "/":
                raise _UnusualError  # elements inside text
            if not known:
                members[field] = way, at - start, how
            at += 2
    at += 1
    if at - start <= _TAGS_KEPT:
        table.tags, table.plan, table.depth = tags[start:at], plan, depth
    return plan, at


def _plan_run(
    runs: list[Any], way: int, how: Any, tags: list[str], at: int, start: int, depth: int
) -> int:
    """Add items that have the same tags, and return the place after them."""
    tag, begin = tags[at], at
    if _is_odd(tag):
        raise _UnusualError
    if tag[-1] == "/":
        at += 1
        if way & _STRUCT:
            how = _Plan(how)
        else:
            empty, way = how([""]) if way & _SCALAR else [""], _SCALAR
            how = lambda texts: empty * len(texts)  # noqa: E731 - a function for each
        place = 0
    elif way & _STRUCT:
        place = at + 1 - start
        how, at = _plan(how, tags, at + 1, depth + 1)
    elif tags[at + 1][0] == "/":
        place = at - start
        at += 2
    else:
        raise _UnusualError
    stride, first, count = at - begin, tags[begin:at], 1
    while tags[at : at + stride] == first:
        at += stride
        count += 1
    runs.append((way, place, how, stride, count))
    return at


def _skip(tags: list[str], at: int, depth: int) -> int:
    """Return the place after an element that is not a member."""
    left = 0
    while True:
        tag = tags[at]
        at += 1
        if tag[0] == "/":
            left -= 1
        elif _is_odd(tag) or depth + left > DEPTH_LIMIT:
            raise _UnusualError  # a name with a prefix may be one of ours
        elif tag[-1] != "/":
            left += 1
        if not left:
            return at


def _is_odd(tag: str) -> bool:
    return tag[0] in "!?" or " " in tag or ":" in tag or "\n" in tag or "\t" in tag


def _make_table(shape: type[Shape], made: dict[type[Shape], _Table]) -> _Table | None:
    """Return None for a struct with members that are not elements with a single name."""
    if hasattr(shape, "_xml_attributes") or hasattr(shape, "_xml_shared"):
        return None
    hints = type_hints(shape)
    absent = {field: None for field, hint in hints.items() if not is_optional(hint)}
    made[shape] = table = _Table(shape, absent)
    for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True):
        row = _make_row(field, hints[field], made)
        if row is None or ":" in wire:
            return None
        table.rows[wire] = row
    return table


def _make_row(field: str, hint: Any, made: dict[type[Shape], _Table]) -> Row | None:
    bare, facts = take_apart(hint)
    flag = 0
    if get_origin(bare) is list:
        if facts.get("flat") and "item" in facts:
            return None  # it has two names
        flag = _FLAT if facts.get("flat") else _LIST
        bare, facts = take_apart(get_args(bare)[0])
    if get_origin(bare) is not None:
        return None
    if isinstance(bare, type) and issubclass(bare, Shape):
        table = made.get(bare) or _make_table(bare, made)
        return None if table is None else (field, flag | _STRUCT, table)
    if bare is str and not facts.keys() & {"read", "wire"}:
        return field, flag | _TEXT, None
    return field, flag | _SCALAR, _make_column_reader(text_reader(bare, facts))


def _make_column_reader(read: Callable[[str], Any]) -> Callable[[list[str]], list[Any]]:
    """Return a reader of many texts: all at once, in C, or by `read` if one has an unusual form."""
    read_all = _AT_ONCE.get(read)
    if read_all is None:
        return lambda texts: list(map(read, texts))

    def read_column(texts: list[str]) -> list[Any]:
        try:
            return list(read_all(texts))
        except (ValueError, TypeError):
            return list(map(read, texts))

    return read_column


def _read_times(texts: list[str]) -> Iterable[float]:
    """Raise TypeError for a time without a zone. Python 3.10 cannot read one that ends in Z."""
    since = map(sub, map(datetime.fromisoformat, texts), repeat(EPOCH))
    return map(timedelta.total_seconds, since)


def _read_integers(texts: list[str]) -> Iterable[int]:
    if max(map(len, texts)) > DIGIT_LIMIT:
        raise ValueError
    return map(int, texts)


def _read_booleans(texts: list[str]) -> Iterable[bool]:
    return map(eq, map(str.lower, texts), repeat("true"))


_AT_ONCE: dict[Any, Callable[[list[str]], Iterable[Any]]] = {
    read_time: _read_times,
    READERS[int]: _read_integers,
    READERS[bool]: _read_booleans,
}
_tables: dict[type[Shape], _Table | None] = {}
