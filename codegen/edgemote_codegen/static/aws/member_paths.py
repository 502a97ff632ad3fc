"""Endpoint parameters that are parts of members: the forms of JMESPath that service models use.

The steps are the name of a member; "[*]" for each element of a list; "keys()" for the keys of a
map; and, as the last one, several paths whose values, if they are set, become one list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def follow(*steps: str | tuple[tuple[str, ...], ...]) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function from the validated parameters of a call to the value at a path.

    The value is a string, a boolean or a tuple of strings; None if a member on the path is not set.
    """

    def find(params: Mapping[str, Any]) -> Any:
        return _follow(params, steps)

    return find


def _follow(value: Any, steps: tuple[Any, ...]) -> Any:
    for position, step in enumerate(steps):
        if value is None:
            return None
        if step == "keys()":
            return tuple(value)
        if step == "[*]":
            rest = steps[position + 1 :]
            if rest and isinstance(rest[-1], tuple):
                found = [_follow(item, path) for item in value for path in rest[-1]]
            else:
                found = [_follow(item, rest) for item in value]
            return tuple(item for item in found if item is not None)
        value = _get_member(value, step)
    return value


def _get_member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    return getattr(value, name if hasattr(value, name) else f"{name}_")  # a keyword of Python's
