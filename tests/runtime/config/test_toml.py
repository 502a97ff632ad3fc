"""What our reader accepts means what tomllib reads in it; everything else is refused."""

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgemote.agent.config.toml import TomlError, read_toml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def wrong_lines(text):
    with pytest.raises(TomlError) as caught:
        read_toml(text)
    return caught.value.problems


def same(one, other):
    """Equal, with equal types: 1 is not 1.0 and not true."""
    return repr(one) == repr(other)


# Documents as people might write them, in all spellings that we read.

blanks = st.sampled_from(["", " ", "\t", "  \t"])
comment_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10)
line_ends = st.builds(
    lambda blank, comment, end: blank + (f"#{comment}" if comment is not None else "") + end,
    blanks,
    st.none() | comment_texts,
    st.sampled_from(["\n", "\r\n"]),
)
bare_keys = st.text("abzABZ019_-", min_size=1, max_size=8)
plain_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def write_basic(text, as_codes):
    def escape(letter):
        if as_codes:
            return f"\\U{ord(letter):08x}" if ord(letter) > 0xFFFF else f"\\u{ord(letter):04X}"
        short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
        if letter in '"\\':
            return "\\" + letter
        if letter in short:
            return short[letter]
        return letter if letter >= " " and letter != "\x7f" else f"\\u{ord(letter):04x}"

    return '"' + "".join(map(escape, text)) + '"'


basic_texts = st.builds(write_basic, plain_texts, st.booleans())
literal_texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'"), max_size=20
).map(lambda text: f"'{text}'")
keys = bare_keys | basic_texts | literal_texts
digit_groups = st.lists(st.text("0123456789", min_size=1, max_size=5), min_size=1, max_size=3)
whole_parts = st.just("0") | digit_groups.map("_".join).filter(lambda digits: digits[0] != "0")
fractions = digit_groups.map(lambda groups: "." + "_".join(groups))
exponents = st.builds(
    lambda mark, sign, digits: mark + sign + digits,
    st.sampled_from("eE"),
    st.sampled_from(["", "+", "-"]),
    st.text("0123456789", min_size=1, max_size=2),
)
signs = st.sampled_from(["", "+", "-"])
integers = st.builds(lambda sign, whole: sign + whole, signs, whole_parts)
floats = st.builds(
    lambda sign, whole, rest: sign + whole + rest,
    signs,
    whole_parts,
    fractions | exponents | st.builds(lambda a, b: a + b, fractions, exponents),
)
scalars = st.one_of(
    basic_texts, literal_texts, integers, floats, st.sampled_from(["true", "false"])
)
spaces = st.one_of(blanks, line_ends, st.builds(lambda a, b: a + b, line_ends, line_ends))
lists = st.builds(
    lambda items, comma, space: (
        f"[{space}"
        + ",".join(before + item + after for before, item, after in items)
        + (f",{space}" if comma and items else "")
        + "]"
    ),
    st.lists(st.tuples(spaces, scalars, spaces), max_size=4),
    st.booleans(),
    spaces,
)
pairs = st.builds(
    lambda before, key, equals, value, end: f"{before}{key}{equals}{value}{end}",
    blanks,
    keys,
    st.sampled_from(["=", " = ", "\t="]),
    scalars | lists,
    line_ends,
)
headers = st.builds(
    lambda before, key, end: f"{before}[{before}{key}{before}]{end}", blanks, keys, line_ends
)
sections = st.builds(
    lambda header, lines: header + "".join(lines), headers, st.lists(pairs | line_ends, max_size=5)
)
documents = st.lists(sections, max_size=4).map("".join)


@given(documents)
def test_what_people_write_means_what_tomllib_reads(document):
    try:
        expected = tomllib.loads(document)
    except tomllib.TOMLDecodeError:  # the same key or section twice
        assert wrong_lines(document)
    else:
        assert same(read_toml(document), expected)


@given(st.text(st.sampled_from("[]a=b\"'\\#,\n\r\t 01_.eE+-utrue{}:\x00\x7fé"), max_size=40))
@example("[a]\nb = 1e999")
@example("[a]\nb = 0x1F")
@example("[a]\nb = 1979-05-27")
@example("[a]\nb = '\u2028'")
@example("[a]\nb = [1,\n")
@example("[a]\n[a]")
def test_what_is_accepted_of_anything_means_what_tomllib_reads(text):
    problems = []
    try:
        found = read_toml(text)
    except TomlError as error:
        problems = error.problems
    count = text.replace("\r\n", "\n").count("\n") + 1
    assert all(1 <= line <= count for line, _ in problems)
    assert problems or same(found, tomllib.loads(text))


@given(documents, st.data())
def test_a_damaged_document_is_refused_or_means_what_tomllib_reads(document, data):
    at = data.draw(st.integers(0, len(document)))
    cut = data.draw(st.integers(0, 3))
    mark = data.draw(st.sampled_from(["", '"', "'", "\\", "]", "[", "=", "\n", "\x01", "_", "."]))
    damaged = document[:at] + mark + document[at + cut :]
    try:
        found = read_toml(damaged)
    except TomlError:
        return
    assert same(found, tomllib.loads(damaged))


REFUSED = {
    "a = 1": (1, "a [section] before the first key"),
    "[a]\nb.c = 1": (2, "= after a key"),
    "[a.b]": (1, "] after the name of a section"),
    "[[a]]": (1, "the name of a section"),
    "[]": (1, "the name of a section"),
    "[a] b": (1, "the end of the line or a # comment"),
    "[a]\n[a]": (2, "each section once"),
    "[a]\nb = 1\nb = 2": (3, "each key once in its section"),
    "[a]\nb = {c = 1}": (2, "a text in quotes, a number, true, false or [ a list of them ]"),
    "[a]\nb = [[1]]": (2, "a value of the list, or ] after it"),
    "[a]\nb = [1\n2]": (3, ", or ] after a value of a list"),
    "[a]\nb = [\n1,\n": (4, "] at the end of a list"),
    '[a]\nb = """c"""': (2, "a text on one line, in single quotes or double quotes"),
    "[a]\nb = '''c'''": (2, "a text on one line, in single quotes or double quotes"),
    '[a]\nb = "c': (2, '" at the end of a text'),
    "[a]\nb = 'c": (2, "' at the end of a text"),
    '[a]\nb = "\\x41"': (2, 'one of \\b \\t \\n \\f \\r \\" \\\\ \\uXXXX \\UXXXXXXXX'),
    '[a]\nb = "\\ud800"': (2, 'one of \\b \\t \\n \\f \\r \\" \\\\ \\uXXXX \\UXXXXXXXX'),
    "[a]\nb = yes": (2, "a text in quotes, a number, true, false or [ a list of them ]"),
    "[a]\nb = inf": (2, "a text in quotes, a number, true, false or [ a list of them ]"),
    "[a]\nb = 0x1F": (2, "a text in quotes, a number, true, false or [ a list of them ]"),
    "[a]\nb = 012": (2, "a text in quotes, a number, true, false or [ a list of them ]"),
    "[a]\nb = 1979-05-27": (2, "a text in quotes, a number, true, false or [ a list of them ]"),
    "[a]\nb = 9223372036854775808": (2, "a whole number of 64 bits"),
    "[a]\nb = 1e999": (2, "a number that is not too large"),
    "[a]\nb = 1 # \x00": (2, "no control characters"),
    "[a]\nb = 'c\x1bd'": (2, "no control characters"),
    "[a]\nb": (2, "= after a key"),
    "[a]\n= 1": (2, "a key or a [section]"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_the_rest_of_toml_is_refused_with_its_line(text):
    line, expected = REFUSED[text]
    assert wrong_lines(text) == [(line, f"expected {expected}")]


def test_every_line_that_cannot_be_read_is_told_and_the_others_are_read():
    with pytest.raises(TomlError) as caught:
        read_toml("[a]\nb = nothing\nc = 1\nd = 'x\n[e]\nf = 2\n")
    assert [line for line, _ in caught.value.problems] == [2, 4]
    assert caught.value.sections == {"a": {"c": 1}, "e": {"f": 2}}


def test_the_largest_integers_are_read():
    text = "[a]\nleast = -9223372036854775808\nmost = +9_223_372_036_854_775_807"
    assert read_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "hostile", ["[" * 60_000, "[a]\nb=" + "[" * 60_000, "[a]\nb=" + "9" * 60_000]
)
def test_depth_and_length_are_refused(hostile):
    assert wrong_lines(hostile)
