"""Write checked parameters as XML bodies.

https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings, botocore.serialize.RestXMLSerializer

A writer takes a list of values, none of them None, and returns the contents of their elements, and
what comes before and after each of them. The structs of a list are thus written together, member by
member, and the markup that all of them share is joined once. Writers are made from annotations when
a struct is first written, and kept.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, get_args, get_origin

from msgspec import Struct
from msgspec.structs import astuple

from .errors import ValidationError
from .scalars import take_apart, text_writer
from .shape import Shape, type_hints
from .validate import member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
    from typing import TypeAlias

    from .operation import Operation

    # The text before each content, the contents, and the text after each.
    Written: TypeAlias = tuple[str, Sequence[str], str]
    Writer: TypeAlias = Callable[[Sequence[Any]], Written]
    # The text before and after what the writer returns.
    Element: TypeAlias = tuple[str, Writer, str]
    # A field, and its name in a dict.
    Row: TypeAlias = tuple[str, str, Element]


def encode_members(operation: Operation[Any], fields: Mapping[str, Any]) -> bytes:
    """Return the body for these checked parameters, by member name."""
    shape = operation.input
    assert shape is not None
    value = {
        wire: fields.get(member_name(field))
        for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True)
    }
    return encode(operation, shape, value)


def encode(operation: Operation[Any], hint: Any, value: Any) -> bytes:
    """Return the body for a value of this type: a struct, a dict with the wire's names, a list or a
    map.
    """
    name = operation.body_name
    if get_origin(take_apart(hint)[0]) is None:
        element = _make_struct_element(hint, name or hint.__name__, operation.body_namespace)
    else:
        element = _make_element(hint, name)
    start, write, end = element
    try:
        before, (content,), after = write([value])
        return f"{start}{before}{content}{after}{end}".encode()
    except UnicodeEncodeError:
        raise ValidationError("$: a string contains an unpaired surrogate") from None


def _make_element(hint: Any, tag: str) -> Element:
    bare, facts = take_apart(hint)
    origin, args = get_origin(bare), get_args(bare)
    is_flat, namespace = facts.get("flat"), facts.get("namespace", ())
    if origin is list:
        item = _make_element(args[0], tag if is_flat else facts.get("item", "member"))
        write: Writer = partial(_write_lists, item)
    elif origin is dict:
        names = facts.get("entry", ("key", "value"))
        key, part = map(_make_element, args, names)
        write = partial(_write_maps, tag if is_flat else "entry", key, part)
    elif isinstance(bare, type) and issubclass(bare, Shape):
        return _make_struct_element(bare, tag, namespace)
    elif bare is str:
        write = _escape_texts  # what cannot be encoded is detected in the whole body
    else:
        write = partial(_write_texts, text_writer(bare, facts))
    return ("", write, "") if is_flat else (f"<{tag}{_declare(namespace)}>", write, f"</{tag}>")


def _make_struct_element(shape: type[Shape], tag: str, namespace: tuple[str, ...]) -> Element:
    """Return the namespace: that of a member takes precedence over that of its struct."""
    declared = _declare(namespace or getattr(shape, "_xml_namespace", ()))
    if hasattr(shape, "_xml_attributes"):
        return "", partial(_write_with_attributes, shape, tag, declared), ""
    return f"<{tag}{declared}>", partial(_write_structs, shape), f"</{tag}>"


def _declare(namespace: tuple[str, ...]) -> str:
    """Return the attribute that declares a namespace (prefix or "", URI); () stands for none."""
    if not namespace:
        return ""
    prefix, uri = namespace
    return f' xmlns{prefix and f":{prefix}"}="{_escape_attribute(uri)}"'


def _escape_texts(texts: Sequence[str]) -> Written:
    """Escape texts. They may be members of enums: str.join and + use their text, formats do not."""
    together = "".join(texts)
    if any(character in together for character in "&<>\r"):
        texts = list(map(_escape, texts))
    return "", texts, ""


def _write_texts(write: Callable[[Any], str], values: Sequence[Any]) -> Written:
    return "", list(map(write, values)), ""


def _write_attributes(write: Callable[[Any], str], values: Sequence[Any]) -> Written:
    return "", [_escape_attribute(write(value)) for value in values], ""


def _write_structs(shape: type[Shape], values: Sequence[Any]) -> Written:
    return _write_rows(_find_rows(shape)[1], values)


def _write_with_attributes(
    shape: type[Shape], tag: str, declared: str, values: Sequence[Any]
) -> Written:
    attributes, elements = _find_rows(shape)
    first, heads, last = _write_rows(attributes, values)
    before, bodies, after = _write_rows(elements, values)
    between = f"{last}>{before}"
    contents = [head + between + body for head, body in zip(heads, bodies, strict=True)]
    return f"<{tag}{declared}{first}", contents, f"{after}</{tag}>"


def _write_rows(rows: list[Row], values: Sequence[Any]) -> Written:
    """Write all elements, or attributes, of each struct."""
    if not values:  # a shape that contains itself would recurse without end
        return "", values, ""
    texts = [""]  # what comes before each column, and after the last one
    columns: list[Sequence[str]] = []
    for (_, _, (start, write, end)), column in zip(rows, _read_columns(rows, values), strict=True):
        missing = column.count(None)
        if missing == len(column):
            continue
        present = [part for part in column if part is not None] if missing else column
        before, contents, after = write(present)
        before, after = start + before, after + end
        if missing:
            left = iter(contents)
            contents = ["" if part is None else before + next(left) + after for part in column]
            before = after = ""
        texts[-1] += before
        texts.append(after)
        columns.append(contents)
    if not columns:
        return "", [""] * len(values), ""
    first, *between, last = texts
    if between:
        together: list[Iterable[str]] = [columns[0]]
        for text, contents in zip(between, columns[1:], strict=True):
            together += repeat(text), contents
        columns[0] = list(map("".join, zip(*together)))  # noqa: B905
    return first, columns[0], last


def _read_columns(rows: list[Row], values: Sequence[Any]) -> list[Sequence[Any]]:
    """Return the members of structs, one column after the other."""
    kind, *others = set(map(type, values))
    if kind is dict:  # if the first is one, all are: validation makes them
        return [[value.get(wire) for value in values] for _, wire, _ in rows]
    if others or not issubclass(kind, Struct):
        return [[getattr(value, field) for value in values] for field, _, _ in rows]
    # The same in half the time.
    parts = zip(*map(astuple, values), strict=True)
    columns = dict(zip(kind.__struct_fields__, parts, strict=True))
    return [columns[field] for field, _, _ in rows]


def _find_rows(shape: type[Shape]) -> tuple[list[Row], list[Row]]:
    """Return the rows of a struct's attributes and of its elements."""
    if shape not in _rows:
        attributes, elements = _rows[shape] = [], []
        hints = type_hints(shape)
        in_tag = getattr(shape, "_xml_attributes", ())
        shared = getattr(shape, "_xml_shared", {})
        wires = dict(zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True))
        for field, wire in wires.items():
            if field in in_tag:
                write = partial(_write_attributes, text_writer(*take_apart(hints[field])))
                attributes.append((field, wire, (f' {wire}="', write, '"')))
            else:
                tag = wires[shared.get(field, field)]
                elements.append((field, wire, _make_element(hints[field], tag)))
    return _rows[shape]


def _write_lists(item: Element, values: Sequence[Any]) -> Written:
    start, write, end = item
    lists = [[item for item in value if item is not None] for value in values]
    before, contents, after = write([*chain.from_iterable(lists)])
    return _join(start + before, contents, after + end, lists)


def _write_maps(tag: str, key: Element, part: Element, values: Sequence[Any]) -> Written:
    (key_start, write_key, key_end), (start, write, end) = key, part
    maps = [{key: part for key, part in value.items() if part is not None} for value in values]
    first, keys, last = write_key([*chain.from_iterable(maps)])
    before, parts, after = write([part for table in maps for part in table.values()])
    between = last + key_end + start + before
    entries = [key + between + part for key, part in zip(keys, parts, strict=True)]
    return _join(f"<{tag}>{key_start}{first}", entries, f"{after}{end}</{tag}>", maps)


def _join(start: str, contents: Sequence[str], end: str, groups: Iterable[Sized]) -> Written:
    """Join the elements of each group; `contents` has those of all groups in order."""
    left = iter(contents)
    between = end + start
    joined = [
        f"{start}{between.join(islice(left, len(group)))}{end}" if group else "" for group in groups
    ]
    return "", joined, ""


def _escape(text: str) -> str:
    """Escape carriage returns too, which an XML parser would turn into line feeds."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _escape_attribute(text: str) -> str:
    text = _escape(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")


_rows: dict[type[Shape], tuple[list[Row], list[Row]]] = {}
