"""Endpoint parameters that are parts of members: the forms of JMESPath that service models use.

Their steps: the name of a member; "[*]", each element of a list; "keys()" of a map; and last,
several paths whose values, as far as set, become one list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def follow(*steps: str | tuple[tuple[str, ...], ...]) -> Callable[[Mapping[str, Any]], Any]:
    """A function from the parameters of a call, checked before, to the value at a path.

    The value is a text, a flag or a tuple of texts; None where a member on the way is unset.
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
