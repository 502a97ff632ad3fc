"""Selects what to generate: the requested operations, and the shapes reachable from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from .auth import list_auth, lower_auth
from .errors import CodegenError, ModelError, UnsupportedError
from .ir import Model, Selection
from .model_schema import (
    check_keys,
    check_metadata,
    check_operation,
    check_roles,
    check_shape,
    check_wire_names,
    find_object,
)
from .models import suggest
from .protocols import PROTOCOLS
from .traits import merge_operation, merge_shape


class Selected(Struct, frozen=True):
    """A model, reduced to what was requested."""

    model: Model
    protocol: str
    operations: Mapping[str, Mapping[str, Any]]
    shapes: Mapping[str, Mapping[str, Any]]
    """those reachable, in the model's order; references are merged with the traits of targets"""
    input_shapes: frozenset[str]
    """those reachable from an input"""
    left_out: tuple[tuple[str, str], ...]


def parse_selection(text: str) -> Selection:
    """`s3:GetObject,HeadObject` -> Selection."""
    service, colon, operations = text.strip().partition(":")
    names = tuple(filter(None, (part.strip() for part in operations.split(","))))
    if not service or (colon and not names):
        raise CodegenError(f"cannot read {text!r}: expected SERVICE or SERVICE:Operation,Operation")
    return Selection(service.strip(), tuple(dict.fromkeys(names)))


def select(model: Model, wanted: tuple[str, ...], protocol: str | None = None) -> Selected:
    """Reduce a model to operations and the shapes reachable from them. Without operations, select
    all of them, and all exceptions.

    The protocol is the requested one, or else the lightest that the service lists. Raises
    UnsupportedError if no operation is left.
    """
    metadata = check_metadata(model)
    operations = find_object(model, "operations")
    shapes = find_object(model, "shapes")
    protocol = _choose_protocol(model, metadata, protocol)
    for name in wanted:
        if name not in operations:
            raise CodegenError(
                f"{model.name} has no operation {name!r}{suggest(name, operations)}; "
                f"`edgemote-codegen list {model.name}` lists them"
            )
    chosen: dict[str, Mapping[str, Any]] = {}
    left_out: list[tuple[str, str]] = []
    inputs: dict[str, None] = {}
    others: dict[str, None] = {}
    merged: dict[str, dict[str, Any]] = {}
    for name in operations:
        if wanted and name not in wanted:
            continue
        operation = operations[name]
        check_operation(model, name, operation)
        own_inputs: dict[str, None] = {}
        own_others: dict[str, None] = {}
        path = f"$.operations.{name}"
        for role, reached in (("input", own_inputs), ("output", own_others)):
            if role in operation:
                _reach(model, shapes, operation[role], f"{path}.{role}", reached)
        for index, error in enumerate(operation.get("errors", ())):
            _reach(model, shapes, error, f"{path}.errors[{index}]", own_others)
        reached = {**own_inputs, **own_others}
        merged |= {shape: merge_shape(shapes, shape) for shape in reached if shape not in merged}
        for shape in reached:
            check_wire_names(model, shape, merged[shape], PROTOCOLS[protocol])
        operation = merge_operation(shapes, operation)
        check_roles(model, name, operation, merged, PROTOCOLS[protocol])
        reason = _unsupported(operation, operations, protocol, metadata, merged, reached)
        if reason and wanted:
            raise UnsupportedError(f"{model.name}:{name} cannot be generated: {reason}")
        if reason:
            left_out.append((name, reason))
            continue
        chosen[name] = operation
        inputs |= own_inputs
        others |= own_others
    if not chosen:
        reasons = " and ".join(sorted({reason for _, reason in left_out}))
        raise UnsupportedError(
            f"{model.name} has no operation that can be generated{': ' if reasons else ''}{reasons}"
        )
    if not wanted:  # a service may also return exceptions that no operation lists
        for name, shape in shapes.items():
            if isinstance(shape, Mapping) and shape.get("exception") is True:
                _reach(model, shapes, {"shape": name}, f"$.shapes.{name}", others)
        for name in others:
            if name not in merged:
                merged[name] = merge_shape(shapes, name)
                check_wire_names(model, name, merged[name], PROTOCOLS[protocol])
    return Selected(
        model=model,
        protocol=protocol,
        operations=chosen,
        shapes={name: merged[name] for name in shapes if name in inputs or name in others},
        input_shapes=frozenset(inputs),
        left_out=tuple(left_out),
    )


def list_protocols(metadata: Mapping[str, Any]) -> list[str]:
    """Return the protocols that a model lists, in its order."""
    return list(metadata.get("protocols") or filter(None, [metadata.get("protocol")]))


def _choose_protocol(model: Model, metadata: Mapping[str, Any], wanted: str | None) -> str:
    offered = list_protocols(metadata)
    lists = f"{model.name}: the model lists {', '.join(offered) or 'no protocol'}"
    if wanted is not None and wanted not in offered:
        raise CodegenError(f"{lists}, but not {wanted}")
    for protocol in PROTOCOLS:
        if protocol in ([wanted] if wanted is not None else offered):
            return protocol
    raise UnsupportedError(f"{lists}; the supported protocols are {', '.join(PROTOCOLS)}")


def needs_discovery(operation: Mapping[str, Any]) -> bool:
    """Whether the operation's endpoint must be requested from the service itself."""
    return bool(operation.get("endpointdiscovery", {}).get("required"))


def find_endpoint_operation(operations: Mapping[str, Any]) -> str:
    """Return the operation that returns endpoints; "" if the service has none."""
    found = (
        name
        for name, operation in operations.items()
        if isinstance(operation, Mapping) and operation.get("endpointoperation")
    )
    return next(found, "")


def _unsupported(
    operation: Mapping[str, Any],
    operations: Mapping[str, Mapping[str, Any]],
    protocol: str,
    metadata: Mapping[str, Any],
    shapes: Mapping[str, Any],
    reached: Mapping[str, None],
) -> str:
    """Return why an operation cannot be generated; "" if it can."""
    parts = [shapes[name] for name in reached]
    parts += [part for shape in parts for part in shape.get("members", {}).values()]
    if any(part.get("eventstream") for part in parts):
        return "event streams are not supported"
    if needs_discovery(operation):
        is_plain = protocol == "json" and not any(
            member.get("endpointdiscoveryid")
            for name in reached
            for member in shapes[name].get("members", {}).values()
        )
        if not is_plain or not find_endpoint_operation(operations):
            return "endpoint discovery is supported only for AWS JSON and without identifiers"
    auth = list_auth(operation, metadata)
    if lower_auth(auth) is None:
        return f"signing with {', '.join(auth)} is not supported"
    return ""


def _reach(
    model: Model, shapes: Mapping[str, Any], reference: Any, path: str, reached: dict[str, None]
) -> None:
    """Add the referenced shape and everything that it contains. It does not use recursion, because
    models may be nested deeper than Python's stack.
    """
    pending = [(reference["shape"], path)]
    maps: list[str] = []
    while pending:
        name, path = pending.pop()
        if name in reached:
            continue
        if name not in shapes:
            raise ModelError(
                model.origin,
                f"{path}.shape",
                f"refers to {name!r}, which is not in $.shapes{suggest(name, shapes)}",
            )
        shape = shapes[name]
        check_shape(model, name, shape)
        reached[name] = None
        if shape["type"] == "map":
            maps.append(name)
        pending += _references(name, shape)
    for name in maps:
        check_keys(model, name, shapes)


def _references(name: str, shape: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the shapes that a valid shape refers to, with their JSON paths."""
    path = f"$.shapes.{name}"
    for member, reference in shape.get("members", {}).items():
        yield reference["shape"], f"{path}.members.{member}"
    for part in ("member", "key", "value"):
        if part in shape:
            yield shape[part]["shape"], f"{path}.{part}"
