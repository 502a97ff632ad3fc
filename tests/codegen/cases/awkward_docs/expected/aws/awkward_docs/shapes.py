# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_docs=model.json
# awkward_docs` writes it anew.
# Model awkward_docs, API version 2020-01-01,
# sha256 820c5888e5037c7c79a274ad630fb4632eae7121b2c81d946578270c8cb88391
"""Structs of Awkward Docs."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(Shape, kw_only=True):
    """ "A request"

    Second paragraph.
    """

    State: str | None = None
    """One of a\"\"\"b, back\\slash, end", new
    line.
    """

    Backslash: str | None = None
    """A path such as C:\\temp\\new, a regex \\d+\\., an escape \\u0041 and one at the end \\"""

    TripleQuotes: str | None = None
    """Three \"\"\" and four \"\"\"" and six \"\"\"\"\"\" and ''' quotes."""

    TrailingQuote: str | None = None
    """It is called "thing" """

    LeadingQuote: str | None = None
    """ "Thing" is what it is called."""

    OnlyQuote: str | None = None
    """ " """

    NestedList: str | None = None
    """One of:

    - first
    - inner one
    - inner two, which goes on for long enough that the line has to be broken somewhere in the
      middle of it
    - second

    with a second paragraph

    After.
    """

    Code: str | None = None
    """Use `thing` or `spaced`, and `ab`.

    x = 1 y = 2
    """

    Entities: str | None = None
    """a < b && c > d — "e" 'f' é &unknown; 5 < 6"""

    LongWord: str | None = None
    """See
    wordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordword
    for more.
    """

    OnlyLongWord: str | None = None
    """wordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordword"""

    Links: str | None = None
    """See the guide.

    Then go on.

    Be careful.
    """

    Unclosed: str | None = None
    """One two three

    four

    - five
    """

    Empty: str | None = None
    Blank: str | None = None
    Comment: str | None = None
    """Text"""

    ExactlyOneLine: str | None = None
    """x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
    xxxxx
    """

    OneLineTooLong: str | None = None
    """x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
    xxxxxx
    """

    NoRoomForQuotes: str | None = None
    """x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
    xxxxxxxxx
    """

    Invisible: str | None = None
    """zerowidth, soft line, control, nbsp , emoji 😀, ideographic space"""

    Table: str | None = None
    """A 1

    B 2

    term

    meaning
    """

    DefaultsAndPercent: str | None = None
    """{{ not jinja }} {% nor this %} {# nor this #} %s %(x)s {0}"""
