"""Parses XML responses into a tree, with limited memory. Document types are refused, so there are
no entities to expand.

The parser is the standard library's expat, through ElementTree, which builds the tree in C. With
handlers in Python, long responses take a third more instructions.
"""

from __future__ import annotations

from itertools import chain
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers.expat import ErrorString

from .errors import ServiceError

__all__ = ["Element", "parse", "read_attribute", "read_name"]

# Opening and closing tags of one response; an element takes 80 bytes and its text. The longest
# known responses, 1,000 EC2 instances, have 150,000. 1,000 to 1,000,000.
TAG_LIMIT = 150_000
# Depth of nested elements. AWS's responses stay below 20. 20 to 100, because reading is recursive.
DEPTH_LIMIT = 64
# Equals signs of one response: an attribute has one, and takes 400 bytes. AWS's have three
# attributes in a tag, and a thousand names of objects with five signs in them. 10,000 to 100,000.
ATTRIBUTE_LIMIT = 50_000

# Bytes of the body that are parsed at a time, because expat copies them, and stops for an error
# only at their end.
_CHUNK_BYTES = 65_536


def parse(body: bytes) -> Element:
    """Return the root element. Raises ServiceError("UnreadableAnswer")."""
    try:
        return _build_tree(body)
    except ParseError as error:  # its own words quote the response
        words = f"{ErrorString(error.code)}, line {error.position[0]}, column {error.position[1]}"
    except ValueError as error:
        words = str(error)
    raise ServiceError(
        "UnreadableAnswer", f"the response of {len(body)} bytes is not XML: {words}"
    ) from None


def read_name(element: Element) -> str:
    """Return the local name, without the namespace in braces before it."""
    return element.tag.rpartition("}")[2]


def read_attribute(element: Element, name: str) -> str | None:
    """Return the value of an attribute by its local name, or None."""
    wanted = name.rpartition(":")[2]
    for written, value in element.attrib.items():
        if written.rpartition("}")[2] == wanted:
            return value
    return None


def _build_tree(body: bytes) -> Element:
    if body.count(b"<") > TAG_LIMIT:
        raise ValueError(f"it has more than {TAG_LIMIT} tags (aws.xml_parser.TAG_LIMIT)")
    if body.count(b"=") > ATTRIBUTE_LIMIT:
        raise ValueError(
            f"it has more than {ATTRIBUTE_LIMIT} equals signs (aws.xml_parser.ATTRIBUTE_LIMIT)"
        )
    # Searched for in the bytes, because ElementTree has no handler that could refuse it. UTF-16,
    # which expat would read whatever encoding it is given, always has zero bytes.
    if b"<!DOCTYPE" in body or b"\0" in body:
        raise ValueError("it has a document type or zero bytes, which are refused")
    builder = TreeBuilder()
    parser = XMLParser(target=builder, encoding="utf-8")
    # S3 sends white space before a response that takes long.
    body = body.lstrip(b" \t\r\n")
    for at in range(0, len(body), _CHUNK_BYTES):
        parser.feed(body[at : at + _CHUNK_BYTES])
        _check_depth(builder)
    root: Element = parser.close()
    level = [root]
    for _ in range(DEPTH_LIMIT):
        level = [*chain.from_iterable(level)]
        if not level:
            return root
    raise _too_deep()


def _check_depth(builder: TreeBuilder) -> None:
    """Of what is open yet, before it takes more memory."""
    element: Element | None = builder.close()  # which ends nothing
    for _ in range(DEPTH_LIMIT):
        if element is None or not len(element):
            return
        element = element[-1]
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"it is nested more than {DEPTH_LIMIT} deep")
