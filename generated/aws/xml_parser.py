# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
"""XML answers to a tree, in bounded memory, without document types and thus without entities to
expand.

What AWS sends is a small part of XML 1.0 in UTF-8: elements, text, attributes on a few of them, the
five predefined entities, character references, CDATA. Namespaces are read over: a tag is its local
name. What is not well-formed is refused where it changes the tree, and let through elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Opening and closing tags of one answer; an element takes 60 bytes and its text. The longest known
# answers, 1,000 EC2 instances, have 150,000. 1,000 to 1,000,000.
TAG_LIMIT = 300_000
# Elements in one another. AWS's answers stay below 20. 20 to 100: readers of the tree recurse.
DEPTH_LIMIT = 64


class Element(Struct, gc=False):
    """An element. `text` is what stands before its first child, `attributes` are as they were
    written.
    """

    tag: bytes
    attributes: bytes = b""
    text: bytes = b""
    children: Sequence[Element] = ()


def parse(body: bytes) -> Element:
    """The root element. Raises ServiceError("UnreadableAnswer")."""
    try:
        return _build_tree(body)
    except ValueError as error:
        raise ServiceError(
            "UnreadableAnswer", f"the answer of {len(body)} bytes is not XML: {error}"
        ) from None


def read_attribute(element: Element, name: str) -> str | None:
    """The value of an attribute, by its local name; None where there is none."""
    wanted = name.rpartition(":")[2].encode()
    rest = element.attributes
    while rest:
        written, equals, rest = rest.partition(b"=")
        rest = rest.lstrip(_SPACE)
        quote, rest = rest[:1], rest[1:]
        if not equals or not quote or quote not in b"\"'":
            break
        value, _, rest = rest.partition(quote)
        if written.strip(_SPACE).rpartition(b":")[2] == wanted:
            for space in (b"\r\n", b"\r", b"\n", b"\t"):
                value = value.replace(space, b" ")
            return _unescape(value).decode("utf-8", "replace")
    return None


def _build_tree(body: bytes) -> Element:
    if body.count(b"<") > TAG_LIMIT:
        raise ValueError(f"it has more than {TAG_LIMIT} tags")
    find, starts = body.find, body.startswith
    document = element = Element(b"")
    # Of each open element: its parent, and its closing tag.
    parents: list[Element] = []
    closers: list[bytes] = []
    # What tags without attributes hold -> local name and closing tag: there are few, many times.
    known: dict[bytes, tuple[bytes, bytes]] = {}
    at = find(b"<")
    if body[: at if at >= 0 else None].removeprefix(_BOM).strip(_SPACE):
        raise ValueError("it begins with text")
    while at >= 0:
        end = find(b">", at)
        head = body[at + 1 : end]
        names = known.get(head)
        if names is None and head[:1] == b"/":
            if not closers or body[at:end].rstrip(_SPACE) + b">" != closers.pop():
                raise ValueError(f"the tag at byte {at} closes what is not open")
            element = parents.pop()
            at = find(b"<", end)
            continue
        if names is None and head[:1] in (b"!", b"?"):
            at, text = _read_markups(body, at)
            if closers and not element.children:
                element.text += text
            continue
        if names is not None:
            tag, closer = names
            child = Element(tag)
        else:
            end, name, attributes = _read_tag(body, at, end)
            tag, closer = name.rpartition(b":")[2], b"</" + name + b">"
            child = Element(tag, attributes)
            if name == head:
                known[head] = tag, closer
        if len(closers) == DEPTH_LIMIT:
            raise ValueError(f"it is nested more than {DEPTH_LIMIT} deep")
        if element.children:
            element.children.append(child)  # type: ignore[attr-defined]  # a list by now
        else:
            element.children = [child]
        at = find(b"<", end)
        if names is None and body[end - 1 : end] == b"/":
            continue
        text = body[end + 1 : at]
        if text:
            child.text = _unescape(text) if b"&" in text or b"\r" in text else text
        if starts(closer, at):
            at = find(b"<", at + len(closer))
            continue
        closers.append(closer)
        parents.append(element)
        element = child
    if closers:
        raise ValueError("it ends within an element")
    if len(document.children) != 1:
        raise ValueError(f"it has {len(document.children)} elements at the top, not one")
    return document.children[0]


def _read_tag(body: bytes, at: int, end: int) -> tuple[int, bytes, bytes]:
    """(where a tag ends, its name, its attributes); the first `>` is at `end`."""
    head = body[at + 1 : end]
    if b'"' in head or b"'" in head:
        end = _find_tag_end(body, at)
        head = body[at + 1 : end]
    words = head.removesuffix(b"/").split(None, 1)
    if end < 0 or not words or head[:1].isspace():
        raise ValueError(f"the tag at byte {at} has no end or no name")
    return end, words[0], b"".join(words[1:])


def _read_markups(body: bytes, at: int) -> tuple[int, bytes]:
    """(where the next tag begins, the text up to there), joined once however many there are."""
    pieces: list[bytes] = []
    while body.startswith((b"<!", b"<?"), at):
        end, text = _read_markup(body, at)
        at = body.find(b"<", end)
        pieces += (text, _unescape(body[end : at if at >= 0 else None]))
        if at < 0:
            break
    return at, b"".join(pieces)


def _read_markup(body: bytes, at: int) -> tuple[int, bytes]:
    """(where a comment, a CDATA section or an instruction ends, the text that it stands for)."""
    for start, close in _MARKUP:
        if body.startswith(start, at):
            end = body.find(close, at + len(start))
            if end < 0:
                raise ValueError(f"the markup at byte {at} has no end")
            text = body[at + len(start) : end] if close == b"]]>" else b""
            return end + len(close), _normalize_lines(text)
    raise ValueError("it has a document type or another declaration, which are not read")


def _find_tag_end(body: bytes, at: int) -> int:
    """The `>` that ends a tag; those in quotes do not."""
    while True:
        end = body.find(b">", at)
        double, single = body.find(b'"', at, end), body.find(b"'", at, end)
        if end < 0 or double == single:  # neither was found
            return end
        quote = double if single < 0 or 0 <= double < single else single
        at = body.find(body[quote : quote + 1], quote + 1) + 1
        if not at:
            return -1


def _unescape(text: bytes) -> bytes:
    if b"\r" in text:
        text = _normalize_lines(text)
    if b"&" not in text:
        return text
    first, *parts = text.split(b"&")
    pieces = [first]
    for part in parts:
        name, semicolon, rest = part.partition(b";")
        if name[:1] == b"#" and semicolon:
            pieces.append(_read_reference(name[1:]))
        elif semicolon and name in _ENTITIES:
            pieces.append(_ENTITIES[name])
        else:
            raise ValueError("it refers to an entity that XML does not define")
        pieces.append(rest)
    return b"".join(pieces)


def _read_reference(digits: bytes) -> bytes:
    """The character of `65` or `x41`."""
    base, digits = (16, digits[1:]) if digits[:1] == b"x" else (10, digits)
    digits = digits.lstrip(b"0")
    if len(digits) > 7 or not digits.isalnum():
        raise ValueError("it refers to no character")
    return chr(int(digits, base)).encode()


def _normalize_lines(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_ENTITIES = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"', b"apos": b"'"}
_MARKUP = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
