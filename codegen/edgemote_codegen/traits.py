"""Traits of a reference: those of its target, overridden by its own (botocore.model.Shape).

`selection` merges them, so that everything after it finds all traits in the reference itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The parts that define a shape; everything else is a trait, which a reference may have, too.
_STRUCTURE = frozenset(("type", "members", "required", "member", "key", "value"))


def merge_reference(shapes: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    """The reference with its target's traits."""
    target = shapes[reference["shape"]]
    traits = {name: trait for name, trait in target.items() if name not in _STRUCTURE}
    return {**traits, **reference}


def merge_shape(shapes: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The shape with merged references; a structure always has members, possibly none."""
    shape = dict(shapes[name])
    for part in ("member", "key", "value"):
        if part in shape:
            shape[part] = merge_reference(shapes, shape[part])
    if shape["type"] == "structure":
        members = shape.get("members", {})
        shape["members"] = {
            member: merge_reference(shapes, reference) for member, reference in members.items()
        }
    return shape


def merge_operation(shapes: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    """The operation with merged references to its input and output."""
    roles = [role for role in ("input", "output") if role in operation]
    return {**operation, **{role: merge_reference(shapes, operation[role]) for role in roles}}
