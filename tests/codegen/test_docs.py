"""From the models' HTML to docstrings: valid, complete, and as the formatter would have them."""

from __future__ import annotations

import ast
import html
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edgemote_codegen.docs import docstring, plain_text, tidy

ROOT = Path(__file__).resolve().parents[2]

# Words with all that a literal could stumble over. No wide letters: they take two columns each.
_LETTERS = st.sampled_from("ab-'\"\\`{}%#.é\t")
_WORDS = st.one_of(
    st.text(_LETTERS, min_size=1, max_size=12),
    st.sampled_from(['"""', '""""', '"', "\\", "\\N{DASH}", "x" * 90, "y" * 97, "z" * 120, "- "]),
    st.integers(1, 110).map("w".__mul__),
)
_TEXTS = st.lists(_WORDS, min_size=1, max_size=40).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", " ", " ", " ", "\n", "\n\n", "\n- "]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda gaps: "".join(map("".join, zip(words, gaps, strict=True))))
)


def wrap(text: str, indent: int) -> str:
    """A class body or a method body that holds the docstring."""
    head = "class Thing:" if indent == 4 else "class Thing:\n    def method(self) -> None:"
    return f"{head}\n{' ' * indent}{docstring(text, indent)}\n"


@settings(max_examples=200)
@given(_TEXTS.map(lambda text: tidy(text).strip()).filter(bool), st.sampled_from([4, 8]))
@example('"', 4)
@example("\\", 4)
@example('"' * 7, 8)
@example("x" * 93 + '"', 4)
def test_docstrings_hold_the_same_words(text: str, indent: int) -> None:
    literal = docstring(text, indent)
    assert ast.literal_eval(literal).split() == text.split()
    for number, line in enumerate(literal.split("\n")):
        width = len(line) + (0 if number else indent)
        words = line.removeprefix('"""').removesuffix('"""').removeprefix("- ").split()
        assert width <= 100 or len(words) == 1, line
        assert line == line.rstrip()


def test_no_text_is_no_docstring() -> None:
    assert docstring("", 4) == ""


def test_docstrings_are_as_the_formatter_has_them(tmp_path: Path) -> None:
    """Examples are gathered, then looked at by ruff in one run."""
    sources: list[str] = []

    @settings(max_examples=150, database=None)
    @given(_TEXTS.map(lambda text: tidy(text).strip()).filter(bool), st.sampled_from([4, 8]))
    def gather(text: str, indent: int) -> None:
        sources.append(wrap(text, indent))

    gather()
    sources += [wrap("x" * count, indent) for count in range(80, 100) for indent in (4, 8)]
    sources += [wrap("x " * count + "xx", indent) for count in range(40, 50) for indent in (4, 8)]
    (tmp_path / "docs.py").write_text("\n\n".join(sources))
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for arguments in (("format", "--diff"), ("check", "--ignore=F811,E501")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", "docs.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[:5000] + done.stderr[-500:]


@settings(max_examples=200)
@given(st.text(max_size=200))
@example("a\x00b\x07\x85c\u2028d\ufeff")
@example("\ud800")
def test_text_of_any_kind_survives_as_html(text: str) -> None:
    plain = plain_text(f"<p>{html.escape(text)}</p>")
    assert plain == tidy(plain)
    plain.encode()
    assert plain.isprintable() or "\n" in plain or any(ord(letter) > 0x9F for letter in plain)
    if plain:
        compile(docstring(plain, 0), "docs", "exec")


@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "<p>",
                    "</p>",
                    "<ul>",
                    "</ul>",
                    "<li>",
                    "</li>",
                    "<code>",
                    "</code>",
                    "<a>",
                    "</a>",
                    "<note>",
                    "<br/>",
                    "<",
                    ">",
                    "&",
                    "&lt;",
                    "&#x;",
                    "<!--",
                    "-->",
                ]
            ),
            st.text(max_size=5),
        ),
        max_size=30,
    ).map("".join)
)
def test_broken_html_never_stops_the_generator(text: str) -> None:
    plain = plain_text(text)
    if plain:
        assert ast.literal_eval(docstring(plain, 4)).split() == plain.split()


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        (None, ""),
        ("", ""),
        ("<p></p>", ""),
        ("Plain", "Plain"),
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<p>One\n   line</p>", "One line"),
        ("<p>Of:</p><ul><li>a</li><li><p>b</p></li></ul><p>End</p>", "Of:\n\n- a\n- b\n\nEnd"),
        ("<p>Use <code>x</code>, <code> y </code></p>", "Use `x`, `y`"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<fullname>Gone</fullname><p>Kept</p>", "Kept"),
        ("See <a href='https://example.com/'>the guide</a>.", "See the guide."),
        ("one<br/>two", "one\n\ntwo"),
        ("<code></code>", ""),
        ("<table><tr><th>A</th><td>1</td></tr><tr><td>B</td></tr></table>", "A 1\n\nB"),
        ("zero\u200bwidth\u00a0nbsp", "zerowidth nbsp"),
    ],
)
def test_html_becomes_plain_text(source: str | None, plain: str) -> None:
    assert plain_text(source) == plain
