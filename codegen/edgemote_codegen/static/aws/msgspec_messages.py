"""Parses the messages of msgspec's errors. No other module does.

msgspec writes `Object missing required field `Name` - at `$.Items[0]``, with the names of JSON's
types, and `[...]` for the key of a dict. Our messages are `$.Items[0].Name is required`, with the
names of Python's types and with the key. Tests cover every version of msgspec that the package may
be installed with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_AT = " - at `"
_KEY = "key` in `"  # what the path begins with where the key of a dict is wrong itself
_ANY_KEY = "[...]"
_PYTHON_WORDS = (
    (" | null`", "`"),
    ("`array`", "`list`"),
    ("`object`", "`dict`"),
    ("`null`", "`None`"),
)
_MISSING = "Object missing required field `"
_UNKNOWN = "Object contains unknown field `"


def word(text: str, parameters: Iterable[str]) -> str:
    """Return the message with one path at its beginning. Nested conversions add several paths at
    the end, innermost first.

    parameters: the names at the top level, which the error for an unknown one lists
    """
    what, *tails = text.split(_AT)
    for json_word, python_word in _PYTHON_WORDS:
        what = what.replace(json_word, python_word)
    steps = [tail.removeprefix(_KEY).removeprefix("$").rstrip("`") for tail in reversed(tails)]
    path = f"${''.join(steps)}"
    if tails and tails[0].startswith(_KEY):
        what += " as a key"
    for pattern, words in ((_MISSING, "is required"), (_UNKNOWN, "is not a parameter")):
        if what.startswith(pattern):
            name = what[len(pattern) : -1]
            if path == "$" and pattern == _UNKNOWN:
                words += f"; the parameters are: {', '.join(parameters) or 'none'}"
            return f"{path}.{name} {words}"
    return f"{path}: {what}"


def path_to_key(text: str) -> str | None:
    """Return the path to a dict whose key msgspec does not give, such as `.Items[0].ByName`; None
    if it gives all keys.
    """
    _, at, tail = text.rpartition(_AT)  # without it, `[...]` is the name of an unknown member
    before, found, _ = tail.removeprefix(_KEY).partition(_ANY_KEY)
    return before.removeprefix("$") if at and found else None


def add_key(text: str, path: str, key: object) -> str:
    """Return the message about a value in a dict, with the path to that dict and the key."""
    shown = repr(key).replace("`", "\\x60").replace(_ANY_KEY, "[..\\x2e]")  # not to be taken apart
    return f"{text}{_AT}${path}[{shown}]`"
