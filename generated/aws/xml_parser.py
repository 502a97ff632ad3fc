# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
"""XML answers to a tree, in bounded memory, without document types and thus without entities to
expand.

What AWS sends is a small part of XML 1.0 in UTF-8: elements, text, attributes on a few of them, the
five predefined entities, character references, CDATA. Namespaces are read over: a tag is its local
name. What is not well-formed is refused where it changes the tree, and let through elsewhere.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from .errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Opening and closing tags of one answer; an element takes 60 bytes and its text. The longest known
# answers, 1,000 EC2 instances, have 150,000. 1,000 to 1,000,000.
TAG_LIMIT = 150_000
# Elements in one another. AWS's answers stay below 20. 20 to 100: readers of the tree recurse.
DEPTH_LIMIT = 64
# Attributes of one tag, which are looked for one after the other in all that is left of it. AWS's
# answers have three. 8 to 1,000.
ATTRIBUTE_LIMIT = 64

# Of the body, cut into tags at a time: what is cut takes some five times of it.
_CHUNK_BYTES = 16_384


class Element(Struct, gc=False):
    """An element. `text` is what stands before its first child, `attributes` are as they were
    written.
    """

    tag: str
    attributes: str = ""
    text: str = ""
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
    """The value of an attribute, by its local name; None where there is none. One that refers to
    what XML does not define is as it was written.
    """
    wanted = name.rpartition(":")[2]
    rest = element.attributes
    for _ in range(ATTRIBUTE_LIMIT):
        written, equals, rest = rest.partition("=")
        rest = rest.lstrip(_SPACE)
        quote, rest = rest[:1], rest[1:]
        if not equals or not quote or quote not in "\"'":
            break
        value, _, rest = rest.partition(quote)
        if written.strip(_SPACE).rpartition(":")[2] == wanted:
            for space in ("\r\n", "\r", "\n", "\t"):
                value = value.replace(space, " ")
            try:
                return _unescape(value)
            except ValueError:
                return value
    return None


def _build_tree(body: bytes) -> Element:
    if body.count(b"<") > TAG_LIMIT:
        raise ValueError(f"it has more than {TAG_LIMIT} tags (aws.xml_parser.TAG_LIMIT)")
    top: list[Element] = []
    element = Element("", children=top)
    add = top.append
    # Of each open element: its parent, and its closing tag.
    parents: list[Element] = []
    closers: list[str] = []
    # What tags without attributes hold -> local name and closing tag, None where the tag closes
    # itself: there are few, many times.
    known: dict[str, tuple[str, str | None]] = {}
    tags = chain.from_iterable(_cut(body))
    written = next(tags, None)
    while written is not None:
        head, end, text = written.partition(">")
        names = known.get(head)
        if names is None:
            first = head[:1]
            if first == "/":
                expected = closers.pop() if closers else ""
                if written != expected and head.rstrip(_SPACE) + end != expected:
                    raise ValueError("a tag closes what is not open")
                element = parents.pop()
                add = element.children.append  # type: ignore[attr-defined]  # a list of ours
                written = next(tags, None)
                continue
            if first in _MARKUP_STARTS and first:
                written, text = _read_markups(written, tags)
                if closers and not element.children:
                    element.text += text
                continue
            name, attributes, behind = _read_tag(written)
            tag = name.rpartition(":")[2]
            text, closer = behind or "", None if behind is None else f"/{name}>"
            if not attributes:
                known[head] = tag, closer
        elif not end:
            raise ValueError("a tag has no end")
        else:
            (tag, closer), attributes = names, ""
        written = next(tags, None)
        if closer is None:  # it is closed already
            add(Element(tag, attributes))
            continue
        if text and ("&" in text or "\r" in text):
            text = _unescape(text)
        child = Element(tag, attributes, text)
        add(child)
        if written == closer or (written is not None and written.startswith(closer)):
            written = next(tags, None)
            continue
        closers.append(closer)
        if len(closers) == DEPTH_LIMIT:  # there is one more in it
            raise ValueError(f"it is nested more than {DEPTH_LIMIT} deep")
        parents.append(element)
        element = child
        children: list[Element] = []
        element.children = children
        add = children.append
    if closers:
        raise ValueError("it ends within an element")
    if len(top) != 1:
        raise ValueError(f"it has {len(top)} elements at the top, not one")
    return top[0]


def _cut(body: bytes) -> Iterator[list[str]]:
    """Tags, each without its `<` and with the text behind it, some at a time."""
    at = body.find(b"<")
    if body[: at if at >= 0 else None].removeprefix(_BOM).strip(_SPACE.encode()):
        raise ValueError("it begins with text")
    while at >= 0:
        end = body.find(b"<", at + _CHUNK_BYTES)
        piece = body[at + 1 : end if end >= 0 else None]
        yield piece.decode("utf-8", "replace").split("<")
        at = end


def _read_tag(written: str) -> tuple[str, str, str | None]:
    """(a tag's name, its attributes, the text behind it), None in place of the text of a tag that
    closes itself.
    """
    end = _find_tag_end(written)
    head = written[:end]
    words = head.removesuffix("/").split(None, 1)
    if end < 0 or not words or head[:1].isspace():
        raise ValueError("a tag has no end or no name")
    text = None if head[-1:] == "/" else written[end + 1 :]
    return words[0], "".join(words[1:]), text


def _read_markups(written: str, tags: Iterator[str]) -> tuple[str | None, str]:
    """(the next tag, the text up to there), joined once however many there are."""
    pieces: list[str] = []
    following: str | None = written
    while following is not None and following.startswith(("!", "?")):
        text, behind = _read_markup(following, tags)
        pieces += (_normalize_lines(text), _unescape(behind))
        following = next(tags, None)
    return following, "".join(pieces)


def _read_markup(written: str, tags: Iterator[str]) -> tuple[str, str]:
    """(the text that a comment, a CDATA section or an instruction stands for, the text behind)."""
    for start, close in _MARKUP:
        if written.startswith(start):
            pieces = [written[len(start) :]]
            while close not in pieces[-1]:  # each `<` in it has been taken for a tag's
                pieces.append(next(tags, _NO_MORE))
                if pieces[-1] is _NO_MORE:
                    raise ValueError("a markup has no end")
            content, _, behind = "<".join(pieces).partition(close)
            return content if close == "]]>" else "", behind
    raise ValueError("it has a document type or another declaration, which are not read")


def _find_tag_end(written: str) -> int:
    """The `>` that ends a tag; those in quotes do not."""
    at = 0
    for _ in range(ATTRIBUTE_LIMIT + 1):
        end = written.find(">", at)
        double, single = written.find('"', at, end), written.find("'", at, end)
        if end < 0 or double == single:  # neither was found
            return end
        quote = double if single < 0 or 0 <= double < single else single
        at = written.find(written[quote], quote + 1) + 1
        if not at:
            return -1
    raise ValueError(f"a tag has more than {ATTRIBUTE_LIMIT} attributes")


def _unescape(text: str) -> str:
    if "\r" in text:
        text = _normalize_lines(text)
    if "&" not in text:
        return text
    first, *parts = text.split("&")
    pieces = [first]
    for part in parts:
        name, semicolon, rest = part.partition(";")
        if name[:1] == "#" and semicolon:
            pieces.append(_read_reference(name[1:]))
        elif semicolon and name in _ENTITIES:
            pieces.append(_ENTITIES[name])
        else:
            raise ValueError("it refers to an entity that XML does not define")
        pieces.append(rest)
    return "".join(pieces)


def _read_reference(digits: str) -> str:
    """The character of `65` or `x41`."""
    base, digits = (16, digits[1:]) if digits[:1] == "x" else (10, digits)
    digits = digits.lstrip("0")
    if len(digits) > 7 or not (digits.isascii() and digits.isalnum()):
        raise ValueError("it refers to no character")
    character = chr(int(digits, base))
    character.encode()  # refuses halves of surrogate pairs
    return character


def _normalize_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


_SPACE = " \t\r\n"
_BOM = b"\xef\xbb\xbf"
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_MARKUP = (("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>"))
_MARKUP_STARTS = "!?"
_NO_MORE = "<"  # which no tag is, as they are cut at it
