"""Values of the IR as Python source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .ir import CallIR, Reference


def write_arguments(arguments: tuple[tuple[str, Any], ...]) -> str:
    """Keyword arguments, one a line."""
    return "\n".join(f"{name}={write_value(value)}," for name, value in arguments)


def write_value(value: Any) -> str:
    """A literal."""
    if isinstance(value, CallIR):
        return f"{value.name}({', '.join(map(write_value, value.arguments))})"
    if isinstance(value, Reference):
        return value.name
    if isinstance(value, Mapping):
        rows = (f"{write_value(key)}: {write_value(part)}" for key, part in value.items())
        return f"{{{', '.join(rows)}}}"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""  # another one would break the line
        return f"({', '.join(map(write_value, value))}{comma})"
    return repr(value)
