"""The sources of an operation's endpoint parameters: fixed values, and members of its input.

Order of precedence, as in botocore.regions.EndpointRulesetResolver: a static value, a member marked
`contextParam`, a path of `operationContextParams`; only then client settings and built-in values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from keyword import iskeyword
from typing import Any, TypeAlias

import msgspec

from ..errors import EndpointRuleError

Value: TypeAlias = str | bool | tuple[str, ...]
# A member's name; "[*]" for each element of a list; "keys()" for the keys of a map; or, always
# last, several member paths whose values, as far as set, become one flat list.
Step: TypeAlias = str | tuple[tuple[str, ...], ...]


class Binding(msgspec.Struct, frozen=True):
    """One endpoint parameter of one operation: a fixed value, or the path of an input member.

    `name` is the rule set's name, `argument` the keyword of the generated `resolve`.
    """

    name: str
    argument: str
    value: Value | None = None
    path: tuple[Step, ...] = ()


class ParameterUse(msgspec.Struct, frozen=True):
    """The parameters that the selected operations give; `fixed`: those with a common value."""

    supplied: frozenset[str]
    fixed: dict[str, Value]


_NAME = r"[A-Za-z_]\w*"
_PLAIN_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*(?:\[\*\](?:\.{_NAME})*)?")
_KEYS = re.compile(rf"keys\(({_NAME}(?:\.{_NAME})*)\)")
_FLAT_CHOICE = re.compile(rf"({_NAME}(?:\.{_NAME})*\[\*\])\.\[([\w., ]+)\]\[\]")
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def name_argument(name: str) -> str:
    """The Python name of a rule set's parameter or variable: `StreamARN` becomes stream_arn."""
    argument = _WORD_BORDER.sub("_", name.replace("FIPS", "Fips")).lower()
    return f"{argument}_" if iskeyword(argument) else argument


def lower_bindings(
    operation: Mapping[str, Any], input_shape: Mapping[str, Any] | None
) -> tuple[Binding, ...]:
    """The endpoint parameters of an operation of a service-2.json, sorted by name.

    Raises EndpointRuleError, which names the operation, for a path of an unknown form.
    """
    bindings: dict[str, Binding] = {}
    for name, context in operation.get("operationContextParams", {}).items():
        path = parse_path(context["path"], operation["name"])
        bindings[name] = Binding(name, name_argument(name), path=path)
    for member, shape in (input_shape or {}).get("members", {}).items():
        if "contextParam" in shape:
            name = shape["contextParam"]["name"]
            bindings[name] = Binding(name, name_argument(name), path=(member,))
    for name, static in operation.get("staticContextParams", {}).items():
        value = static["value"]
        fixed = tuple(value) if isinstance(value, list) else value
        bindings[name] = Binding(name, name_argument(name), value=fixed)
    return tuple(bindings[name] for name in sorted(bindings))


def parse_path(path: str, operation_name: str) -> tuple[Step, ...]:
    """The steps of one of the JMESPath forms that occur in service models.

    `A.B`, `A[*].B.C`, `keys(A)` and `A[*].[B.C, D.E][]`.
    """
    if _PLAIN_PATH.fullmatch(path):
        return _split_path(path)
    if match := _KEYS.fullmatch(path):
        return (*_split_path(match[1]), "keys()")
    if match := _FLAT_CHOICE.fullmatch(path):
        choices = tuple(_split_path(choice.strip()) for choice in match[2].split(","))
        return (*_split_path(match[1]), choices)
    raise EndpointRuleError(
        f"operation {operation_name}: endpoint parameter path {path!r} has an unsupported form"
    )


def summarise_bindings(
    operations: Iterable[Collection[Binding]], client_parameters: Collection[str] = ()
) -> ParameterUse:
    """What `lower_endpoint` needs to know about the selected operations and client settings."""
    operations = list(operations)
    values: dict[str, list[Value | None]] = {}
    for bindings in operations:
        for binding in bindings:
            values.setdefault(binding.name, []).append(binding.value)
    fixed: dict[str, Value] = {}
    for name, given in values.items():
        first = given[0]
        everywhere = len(given) == len(operations) and all(value == first for value in given)
        if everywhere and first is not None and name not in client_parameters:
            fixed[name] = first
    return ParameterUse(frozenset(values).union(client_parameters) - frozenset(fixed), fixed)


def _split_path(path: str) -> tuple[str, ...]:
    return tuple(step for step in path.replace("[*]", ".[*]").split(".") if step)
