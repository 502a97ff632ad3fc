"""Whether policies of AWS IoT allow an action: what a device policy needs of their language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def is_allowed(
    documents: Iterable[str], action: str, resource: str, variables: Mapping[str, str]
) -> bool:
    """Some statement allows it and none denies it. A statement with a variable that has no value
    matches nothing. Raises ValueError for what this does not know.
    """
    effects = [
        statement["Effect"]
        for document in documents
        for statement in _as_list(json.loads(document)["Statement"])
        if _matches(statement, action, resource, variables)
    ]
    return "Allow" in effects and "Deny" not in effects


def _matches(
    statement: dict[str, Any], action: str, resource: str, variables: Mapping[str, str]
) -> bool:
    unknown = set(statement) - {"Sid", "Effect", "Action", "Resource"}
    if unknown:
        raise ValueError(f"a policy has {', '.join(sorted(unknown))}, which this does not know")
    return any(
        _is_like(pattern, action, variables) for pattern in _as_list(statement["Action"])
    ) and any(_is_like(pattern, resource, variables) for pattern in _as_list(statement["Resource"]))


def _is_like(pattern: str, text: str, variables: Mapping[str, str]) -> bool:
    parts = []
    for number, part in enumerate(_VARIABLE.split(pattern)):
        if number % 2 == 0:
            parts.append(re.escape(part).replace(r"\*", ".*").replace(r"\?", "."))
        elif part not in variables:
            return False
        else:
            parts.append(re.escape(variables[part]))
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
