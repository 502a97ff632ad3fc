"""A reader of the part of TOML 1.0 that a configuration needs.

    [section]
    key = "text with \\n escapes"
    'quoted key' = 'literal text'
    number = 1_000
    share = 0.5
    flag = true
    list = [
        "values of the above",    # over several lines
    ]

What it reads means what tomllib reads in it. Everything else is refused with the line and what was
expected there: dotted keys and headers, arrays of tables, inline tables, arrays in arrays, texts
over several lines, dates, hexadecimal numbers, infinities, keys outside of a section.

tomllib itself is not in Python 3.10, and loads re and datetime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Scalar = str | int | float | bool
    Value = Scalar | list[Scalar]

_BLANK = " \t"
_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_TOKEN_ENDS = frozenset(" \t\n,]#")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_CODE_DIGITS = {"u": 4, "U": 8}
_INTEGER_BITS = 64  # with the sign, as TOML has them
_FLOAT_CHARS = 64
_VALUE = "a text in quotes, a number, true, false or [ a list of them ]"


class TomlError(Exception):
    """The text is not in the part of TOML that is read.

    Attributes:
        problems: number of the line and what was expected there; never what the line says
    """

    def __init__(self, problems: list[tuple[int, str]], sections: dict[str, dict[str, Value]]):
        super().__init__(f"{len(problems)} lines cannot be read")
        self.problems = problems
        self.sections = sections


class _ExpectedError(Exception):
    pass


def read_toml(text: str) -> dict[str, dict[str, Value]]:
    """Section -> key -> value.

    Raises TomlError with every line that cannot be read; it has the sections of the others too.
    """
    reader = _Reader(text.replace("\r\n", "\n"))
    problems = []
    while not reader.at_end():
        problem = reader.read_line()
        if problem:
            problems.append((reader.line, problem))
            if reader.in_list:
                break  # where the next key begins is anyone's guess
            reader.skip_line()
    if problems:
        raise TomlError(problems, reader.sections)
    return reader.sections


class _Reader:
    """A place in the text, and what was read before it."""

    __slots__ = ("_at", "_section", "_text", "in_list", "line", "sections")

    def __init__(self, text: str) -> None:
        self._text = text + "\n"
        self._at = 0
        self._section: dict[str, Value] | None = None
        self.line = 1
        self.in_list = False
        self.sections: dict[str, dict[str, Value]] = {}

    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def read_line(self) -> str:
        """Read a header, a key with its value, or nothing, and the end of the line.

        Returns what is wrong with it; the place is then where that was found.
        """
        try:
            self._skip_blanks()
            if self._peek() == "[":
                self._read_header()
            elif self._peek() not in "#\n":
                self._read_pair()
            self._read_line_end()
        except _ExpectedError as error:
            return f"expected {error}"
        return ""

    def skip_line(self) -> None:
        self._at = self._text.index("\n", self._at) + 1
        self.line += 1

    def _peek(self) -> str:
        return self._text[self._at]

    def _skip_blanks(self) -> None:
        while self._text[self._at] in _BLANK:
            self._at += 1

    def _take(self, mark: str, expected: str) -> None:
        self._skip_blanks()
        if self._text[self._at] != mark:
            raise _ExpectedError(expected)
        self._at += 1

    def _read_line_end(self) -> None:
        self._skip_blanks()
        if self._peek() not in "#\n":
            raise _ExpectedError("the end of the line or a # comment")
        end = self._text.index("\n", self._at)
        _refuse_controls(self._text[self._at : end])
        self._at = end + 1
        self.line += 1

    def _read_header(self) -> None:
        # What follows a header that cannot be read belongs to no section that is known.
        self._section = {}
        self._at += 1
        self._skip_blanks()
        name = self._read_key("the name of a section")
        self._take("]", "] after the name of a section")
        if name in self.sections:
            raise _ExpectedError("each section once")
        self.sections[name] = self._section

    def _read_pair(self) -> None:
        key = self._read_key("a key or a [section]")
        self._take("=", "= after a key")
        self._skip_blanks()
        value: Value = self._read_list() if self._peek() == "[" else self._read_scalar(_VALUE)
        if self._section is None:
            raise _ExpectedError("a [section] before the first key")
        if key in self._section:
            raise _ExpectedError("each key once in its section")
        self._section[key] = value

    def _read_key(self, expected: str) -> str:
        quoted = self._find_quoted()
        if quoted is not None:
            return quoted(self)
        start = self._at
        while self._text[self._at] in _BARE:
            self._at += 1
        if start == self._at:
            raise _ExpectedError(expected)
        return self._text[start : self._at]

    def _read_list(self) -> list[Scalar]:
        values: list[Scalar] = []
        self.in_list = True
        self._at += 1
        self._skip_space()
        while self._peek() != "]":
            values.append(self._read_scalar("a value of the list, or ] after it"))
            self._skip_space()
            if self._peek() == ",":
                self._at += 1
                self._skip_space()
            elif self._peek() != "]":
                raise _ExpectedError(", or ] after a value of a list")
        self._at += 1
        self.in_list = False
        return values

    def _skip_space(self) -> None:
        """Skip blanks, comments and ends of lines, but not the end of the text."""
        self._skip_blanks()
        while self._peek() in "#\n":
            self._read_line_end()
            if self.at_end():
                self._at -= 1
                self.line -= 1
                raise _ExpectedError("] at the end of a list")
            self._skip_blanks()

    def _read_scalar(self, expected: str) -> Scalar:
        quoted = self._find_quoted()
        if quoted is not None:
            return quoted(self)
        start = self._at
        while self._text[self._at] not in _TOKEN_ENDS:
            self._at += 1
        return _read_token(self._text[start : self._at], expected)

    def _find_quoted(self) -> Callable[[_Reader], str] | None:
        mark = self._peek()
        if mark not in _QUOTED:
            return None
        if self._text.startswith(mark * 3, self._at):
            raise _ExpectedError("a text on one line, in single quotes or double quotes")
        return _QUOTED[mark]

    def _read_literal(self) -> str:
        start = self._at + 1
        end = self._text.index("\n", start)
        close = self._text.find("'", start, end)
        if close < 0:
            raise _ExpectedError("' at the end of a text")
        self._at = close + 1
        return _refuse_controls(self._text[start:close])

    def _read_basic(self) -> str:
        parts = []
        self._at += 1
        while True:
            start = self._at
            while self._text[self._at] not in '"\\\n':
                self._at += 1
            parts.append(_refuse_controls(self._text[start : self._at]))
            mark = self._peek()
            if mark == "\n":
                raise _ExpectedError('" at the end of a text')
            self._at += 1
            if mark == '"':
                return "".join(parts)
            parts.append(self._read_escape())

    def _read_escape(self) -> str:
        mark = self._peek()
        count = _CODE_DIGITS.get(mark, 0)
        code = self._text[self._at + 1 : self._at + 1 + count]
        if mark in _ESCAPES:
            self._at += 1
            return _ESCAPES[mark]
        if count and len(code) == count and _HEX.issuperset(code):
            number = int(code, 16)
            if number < 0xD800 or 0xDFFF < number <= 0x10FFFF:
                self._at += 1 + count
                return chr(number)
        raise _ExpectedError('one of \\b \\t \\n \\f \\r \\" \\\\ \\uXXXX \\UXXXXXXXX')


_QUOTED: dict[str, Callable[[_Reader], str]] = {
    '"': _Reader._read_basic,
    "'": _Reader._read_literal,
}


def _refuse_controls(text: str) -> str:
    if text.isprintable() or all(mark == "\t" or (mark >= " " and mark != "\x7f") for mark in text):
        return text
    raise _ExpectedError("no control characters")


def _read_token(token: str, expected: str) -> Scalar:
    if token in ("true", "false"):
        return token == "true"
    digits = token[1:] if token[:1] in ("+", "-") else token
    if _is_integer(digits):
        number = _read_integer(token)
        if number is None:
            raise _ExpectedError(f"a whole number of {_INTEGER_BITS} bits")
        return number
    if len(token) <= _FLOAT_CHARS and _is_float(digits):
        value = float(token)
        if value - value == 0:  # neither infinite
            return value
        raise _ExpectedError("a number that is not too large")
    raise _ExpectedError(expected)


def _read_integer(token: str) -> int | None:
    plain = token.replace("_", "")
    if len(plain) > _INTEGER_BITS:  # int() takes quadratic time
        return None
    number = int(plain)
    limit = 1 << (_INTEGER_BITS - 1)
    return number if -limit <= number < limit else None


def _is_float(digits: str) -> bool:
    mantissa, exponent_mark, exponent = digits.replace("E", "e").partition("e")
    whole, point, fraction = mantissa.partition(".")
    return (
        bool(point or exponent_mark)
        and _is_integer(whole)
        and (not point or _are_digits(fraction))
        and (not exponent_mark or _are_digits(exponent.removeprefix("+").removeprefix("-")))
    )


def _is_integer(digits: str) -> bool:
    return _are_digits(digits) and (digits[0] != "0" or len(digits) == 1)


def _are_digits(text: str) -> bool:
    """Whether these are digits with single underscores between them."""
    return all(part and _DIGITS.issuperset(part) for part in text.split("_"))
