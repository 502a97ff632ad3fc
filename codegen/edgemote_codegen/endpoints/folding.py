"""Replaces values that only depend on the region with constants, if the regions are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.endpoint_provider import RuleSetStandardLibrary
from msgspec import Struct
from msgspec.structs import replace

from .expressions import (
    Attribute,
    Call,
    Constant,
    Element,
    Expression,
    Region,
    Template,
    Variable,
    canonical,
    walk,
)
from .partitions import PartitionIR


class _NotKnownError(Exception):
    """The value depends on more than the region."""


def fold(value: Expression) -> Expression:
    """The value, with constants for every part that is the same in all known regions."""
    values = list_values(value)
    if values is not None and len(values) == 1 and not isinstance(values[0], Struct):
        return Constant(values[0])
    match value:
        case Attribute(of) | Element(of):
            return replace(value, of=fold(of))
        case Call() if values is None:
            return replace(value, arguments=tuple(map(fold, value.arguments)))
        case Template(parts):
            return Template(tuple(map(fold, parts)))
    return value


def list_values(value: Expression) -> list[Any] | None:
    """The distinct values in the known regions; None if they are unknown."""
    regions = next(_find_regions(value), None)
    if regions is None:
        return [value.value] if isinstance(value, Constant) else None
    try:
        found = [_evaluate(value, region) for region in regions]
    except _NotKnownError:
        return None
    return list(dict.fromkeys(found))


def _find_regions(value: Expression) -> Iterator[tuple[Region, ...]]:
    for node in walk(canonical(value)):
        if isinstance(node, Variable) and node.regions:
            yield node.regions


def _evaluate(value: Expression, region: Region) -> Any:
    match value:
        case Constant(content):
            return content
        case Variable(regions=regions) if regions:
            return region.name
        case Variable(definition=definition) if definition is not None:
            return _evaluate(definition, region)
        case Attribute(of, field):
            whole = _evaluate(of, region)
            if isinstance(whole, PartitionIR):
                return getattr(whole, field)
        case Call("partition", (argument,)):
            if _evaluate(argument, region) == region.name:
                return region.partition
        case Call("is_host_label", (text, dots)):
            label = _evaluate(text, region)
            return RuleSetStandardLibrary({}).is_valid_host_label(label, _evaluate(dots, region))
        case Template(parts):
            return "".join(str(_evaluate(part, region)) for part in parts)
    raise _NotKnownError
