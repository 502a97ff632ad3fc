"""All that we take out of the texts of msgspec's errors, and nowhere else is any of it read.

msgspec says `Object missing required field `Name` - at `$.Items[0]``, of JSON's types, and writes
`[...]` for the key of a dict. Callers are told `$.Items[0].Name is required`, of Python's types and
with the key. Tests hold this against every version of msgspec that the package may be installed
with.
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
    """The text with one path in front: nested conversions leave a tail of paths, innermost first.

    `parameters` are the names at the top, which an unknown one is compared with.
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
    """The path to a dict of which msgspec does not say the key, such as `.Items[0].ByName`; None
    where it says all.
    """
    _, at, tail = text.rpartition(_AT)  # without it, `[...]` is the name of an unknown member
    before, found, _ = tail.removeprefix(_KEY).partition(_ANY_KEY)
    return before.removeprefix("$") if at and found else None


def add_key(text: str, path: str, key: object) -> str:
    """A text about a value in a dict, with the path to that dict and the key."""
    shown = repr(key).replace("`", "\\x60").replace(_ANY_KEY, "[..\\x2e]")  # not to be taken apart
    return f"{text}{_AT}${path}[{shown}]`"
