"""The model's HTML documentation as plain text for docstrings."""

from __future__ import annotations

import re
import textwrap
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "dl",
        "li",
        "dt",
        "dd",
        "note",
        "important",
        "table",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "br",
        "pre",
    ]
)
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_DROPPED = frozenset(("fullname", "shortdescription", "script", "style"))


class _Text(HTMLParser):
    """Collects paragraphs; list items start with a hyphen, code is put in backticks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.words: list[str] = []
        self.marker = ""
        self.dropped = 0
        self.code_at: int | None = None
        """index in `words` of where the open code began"""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropped += 1
        elif tag in _BLOCKS:
            # A paragraph inside a list item belongs to the item: its marker waits for the first
            # words.
            marker = self.marker if tag == "p" and not self.words else ""
            self.end_paragraph()
            self.marker = "- " if tag == "li" else marker
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag == "code" and self.code_at is None:
            self.code_at = len(self.words)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropped = max(0, self.dropped - 1)
        elif tag in _BLOCKS:
            self.end_paragraph()
        elif tag == "code":
            self.end_code()

    def handle_data(self, data: str) -> None:
        if not self.dropped:
            self.words.append(data)

    def end_code(self) -> None:
        if self.code_at is not None:
            code = "".join(self.words[self.code_at :]).strip()
            self.words[self.code_at :] = [f"`{code}`"] if code else []
            self.code_at = None

    def end_paragraph(self) -> None:
        self.end_code()
        text = " ".join("".join(self.words).split())
        self.words.clear()
        if text:
            self.paragraphs.append(self.marker + text)
            self.marker = ""


def plain_text(html: str | None) -> str:
    """Paragraphs separated by blank lines, list items on lines of their own."""
    if not html:
        return ""
    parser = _Text()
    parser.feed(html)
    parser.close()
    parser.end_paragraph()
    text = ""
    previous_item = False
    for paragraph in parser.paragraphs:
        item = paragraph.startswith("- ")
        separator = "" if not text else "\n" if item and previous_item else "\n\n"
        text += separator + paragraph
        previous_item = item
    return tidy(text)


def tidy(text: str) -> str:
    """The text with plain spaces and without invisible characters, which confuse compilers, linters
    and terminals.
    """
    text = _INVISIBLE.sub("", re.sub(r"[^\S\n]", " ", text))
    return re.sub(r" *\n *", "\n", re.sub(r" +", " ", text))


def docstring(text: str, indent: int, width: int = 100) -> str:
    """A literal with its quotes, wrapped; "" for no text. The first line carries no indent."""
    if not text:
        return ""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.startswith('"'):
        escaped = " " + escaped  # the formatter would draw it away from the quotes
    if escaped.endswith('"') and not escaped.endswith('\\"\\"\\"'):
        escaped += " "
    room = width - indent
    if "\n" not in escaped and len(escaped) + 6 <= room:
        return f'"""{escaped}"""'
    if "\n" not in escaped:
        # One line with its quotes below would be drawn together by the formatter, and be too long.
        room = min(room, len(escaped.rstrip()))
    lines: list[str] = []
    for line in f'"""{escaped}'.split("\n"):
        hanging = "  " if line.startswith("- ") else ""
        lines += textwrap.wrap(
            line,
            room,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    if len(lines) == 1:  # a word that is longer than the line
        return f'"""{escaped}"""'
    lines.append('"""')
    return "\n".join(" " * indent + line if line else "" for line in lines).lstrip()
