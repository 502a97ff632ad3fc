"""The XML parser: the same trees as Python's expat gives, and every hostile text refused or read in
bounded memory.
"""

from __future__ import annotations

import re
import tracemalloc
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aws.errors import ServiceError
from aws.xml_parser import ATTRIBUTE_LIMIT, DEPTH_LIMIT, TAG_LIMIT, Element, parse, read_attribute

CORPUS = sorted((Path(__file__).parent / "corpus" / "xml").iterdir())

# (tag, text before the first child, children), names without namespaces.
Tree = tuple[str, str, list[Any]]


def expat_tree(element: ElementTree.Element) -> Tree:
    tag = re.sub("{.*}", "", element.tag)
    return tag, element.text or "", [expat_tree(child) for child in element]


# Writing trees in all the ways that XML has -------------------------------------------------------

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9._-]{0,8}", fullmatch=True)
# What XML 1.0 can hold at all.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
    lambda c: c >= " " or c in "\t\n\r"
)
TEXTS = st.text(CHARACTERS, max_size=12)
SPACES = st.sampled_from(["", " ", "\n", "\t ", "\r\n"])


@st.composite
def write_text(draw: st.DrawFn) -> str:
    """Text with entities, character references, CDATA and comments in it."""
    pieces = []
    for text in draw(st.lists(TEXTS, max_size=3)):
        way = draw(st.sampled_from(["plain", "decimal", "hex", "cdata", "comment", "instruction"]))
        if way == "plain":
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            pieces.append(escaped.replace('"', "&quot;").replace("'", "&apos;"))
        elif way == "decimal":
            pieces.append("".join(f"&#{ord(c)};" for c in text))
        elif way == "hex":
            pieces.append("".join(f"&#x{ord(c):x};" for c in text))
        elif way == "cdata":
            pieces.append(f"<![CDATA[{text.replace(']]>', '')}]]>")
        elif way == "comment":
            pieces.append(f"<!-- {text.replace('-', '')} -->")
        else:
            pieces.append(f"<?target {text.replace('?', '')}?>")
    return "".join(pieces)


@st.composite
def write_element(draw: st.DrawFn, depth: int = 0) -> str:
    prefix, name = draw(st.sampled_from(["", "", "ns:"])), draw(NAMES)
    tag = f"{prefix}{name}"
    attributes = (
        "" if depth else draw(st.sampled_from(["", ' xmlns="urn:d"'])) + ' xmlns:ns="urn:n"'
    )
    for attribute in draw(
        st.lists(NAMES.filter(lambda n: "xml" not in n.lower()), unique=True, max_size=2)
    ):
        quote = draw(st.sampled_from("\"'"))
        value = draw(TEXTS).replace("&", "&amp;").replace("<", "&lt;")
        value = value.replace(quote, "&quot;" if quote == '"' else "&apos;")
        attributes += f" {attribute}{draw(SPACES)}={draw(SPACES)}{quote}{value}{quote}"
    head = f"{tag}{attributes}{draw(SPACES)}"
    if draw(st.integers(0, 4)) == 0:
        return f"<{head}/>"
    content = draw(write_text())
    if depth < 3:
        for child in draw(st.lists(write_element(depth + 1), max_size=3)):
            content += child + draw(write_text())
    return f"<{head}>{content}</{tag}{draw(SPACES)}>"


@st.composite
def write_document(draw: st.DrawFn) -> bytes:
    start = draw(
        st.sampled_from(["", "\ufeff", '<?xml version="1.0" encoding="UTF-8"?>', "<!-- > -->"])
    )
    text = f"{start}{draw(write_element())}{draw(st.sampled_from(['', chr(10), '<!-- < -->']))}"
    return text.encode()


@pytest.mark.slow
@given(write_document())
def test_trees_are_those_of_expat(document: bytes) -> None:
    assert expat_tree(parse(document)) == expat_tree(ElementTree.fromstring(document))


@pytest.mark.slow
@given(write_document(), st.data())
def test_what_expat_takes_of_damaged_texts_is_read_alike(
    document: bytes, data: st.DataObject
) -> None:
    """Both may refuse; where both read, they read the same."""
    at = data.draw(st.integers(0, len(document)))
    length = data.draw(st.integers(0, 4))
    inserted = data.draw(
        st.sampled_from([b"", b"<", b">", b"</", b"&", b'"', b"/>", b"]]>", b"\xff"])
    )
    damaged = document[:at] + inserted + document[at + length :]
    ours = try_parse(damaged)
    try:
        theirs = expat_tree(ElementTree.fromstring(damaged))
    except (ElementTree.ParseError, ValueError, LookupError):
        return
    if b"<!DOCTYPE" not in damaged:
        assert ours is not None
        assert expat_tree(ours) == theirs


def try_parse(text: bytes) -> Element | None:
    try:
        return parse(text)
    except ServiceError:
        return None


@given(st.binary(max_size=200))
@example(b"<a>&#99999999999999999999;</a>")
@example(b"<a>&#xD800;</a>")
@example(b"<a>&#x;</a>")
@example(b"<a>&#;</a>")
@example(b"<a>&#1_0;</a>")
@example(b"<a b='\xff'/>")
@example(b"<!")
@example(b"<>")
@example(b"</>")
@example(b"<a")
@example(b"<a '>")
def test_no_bytes_raise_anything_else(text: bytes) -> None:
    try_parse(text)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_hostile_texts_are_refused(path: Path) -> None:
    with pytest.raises(
        ServiceError, match=r"^UnreadableAnswer: the response of \d+ bytes is not XML: "
    ) as caught:
        parse(path.read_bytes())
    assert len(str(caught.value)) < 200  # nothing of the answer is in the words


def test_nothing_of_an_entity_bomb_is_expanded() -> None:
    bomb = (CORPUS[0].parent / "billion-laughs.xml").read_bytes()
    tracemalloc.start()
    try:
        assert try_parse(bomb) is None
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_tags_and_depth_have_limits() -> None:
    deep = b"<a>" * DEPTH_LIMIT + b"</a>" * DEPTH_LIMIT
    parse(deep)
    with pytest.raises(ServiceError, match=f"more than {DEPTH_LIMIT} deep"):
        parse(b"<a>" + deep + b"</a>")
    with pytest.raises(ServiceError, match=f"more than {TAG_LIMIT} tags"):
        parse(b"<a>" + b"<b/>" * TAG_LIMIT + b"</a>")


@pytest.mark.parametrize("chunks", [1, 3])
def test_what_is_too_deep_is_refused_before_all_of_it_is_built(chunks: int) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ServiceError, match=f"more than {DEPTH_LIMIT} deep"):
            parse(b"<a>" * (chunks * 30_000))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_as_many_tags_as_allowed_take_bounded_memory() -> None:
    body = b"<a>" + b"<b/>" * (TAG_LIMIT - 2) + b"</a>"
    tracemalloc.start()
    try:
        parse(body)
        assert tracemalloc.get_traced_memory()[1] < 100 * TAG_LIMIT
    finally:
        tracemalloc.stop()


def test_text_in_many_pieces_is_joined_once() -> None:
    """Each piece added to what is there would take hours."""
    body = b"<a>" + b"<![CDATA[0123456789]]>" * (TAG_LIMIT - 2) + b"</a>"
    assert parse(body).text == "0123456789" * (TAG_LIMIT - 2)


def test_as_many_attributes_as_allowed_take_bounded_memory() -> None:
    names = b"".join(b" a%d=''" % number for number in range(ATTRIBUTE_LIMIT))
    tracemalloc.start()
    try:
        assert len(parse(b"<a" + names + b"/>").attrib) == ATTRIBUTE_LIMIT
        assert tracemalloc.get_traced_memory()[1] < 500 * ATTRIBUTE_LIMIT
    finally:
        tracemalloc.stop()
    with pytest.raises(ServiceError, match=f"more than {ATTRIBUTE_LIMIT} equals signs"):
        parse(b"<a" + names + b" b=''/>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", " ", "<!-- a -->", "<?xml version='1.0'?>", "<a>"])
def test_no_document_type_is_read_wherever_it_stands(before: str, encoding: str) -> None:
    text = f"{before}<!DOCTYPE a [<!ENTITY e 'text'>]><a>&e;</a>"
    with pytest.raises(ServiceError, match="a document type or zero bytes"):
        parse(text.encode(encoding))


def test_the_encoding_is_utf_8_whatever_an_answer_says_of_itself() -> None:
    """As botocore has it."""
    document = "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>"
    assert parse(document.encode()).text == "\xe9"
    assert try_parse(document.encode("iso-8859-1")) is None


def test_space_before_an_answer_is_passed_over() -> None:
    """S3 sends it while it works on a long copy, and the answer's declaration after it."""
    assert parse(b" \n\r\n\t<?xml version='1.0'?>\n<a>b</a>").text == "b"


def test_tokens_may_be_longer_than_what_is_parsed_at_a_time() -> None:
    text = "\xe9" * 200_000
    assert parse(f"<!--{text}--><a b='{text}'>{text}</a>".encode()).text == text


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ('xmlns:xsi="urn:x" xsi:type="CanonicalUser"', "CanonicalUser"),
        ("a='>' xmlns:xsi='urn:x' xsi:type = 'a&amp;b'", "a&b"),
        ('xmlns:xsi="urn:x"\n type="two\nlines"', "two lines"),
        ('xmlns:xsi="urn:x" xsi:types="x"', None),
        ("", None),
    ],
)
def test_attributes(attributes: str, value: str | None) -> None:
    assert read_attribute(parse(f"<Grantee {attributes}/>".encode()), "xsi:type") == value


@pytest.mark.parametrize("attributes", ["type", "type=x", 'type="open', 'a=""b=""', 'a="" a=""'])
def test_attributes_that_are_none_are_refused(attributes: str) -> None:
    assert try_parse(f"<Grantee {attributes}/>".encode()) is None
