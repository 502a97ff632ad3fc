"""Choosing what to generate: the operations asked for, and the shapes that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from .errors import CodegenError, ModelError, UnsupportedError
from .ir import Model, Selection
from .models import suggest

SHAPE_TYPES = frozenset(
    "structure list map string integer long float double boolean blob timestamp bigdecimal biginteger character"
    " short byte".split()
)

# In the order of preference: what is lightest on the device first.
PROTOCOLS = ("json", "rest-json")


class Selected(Struct, frozen=True):
    """A model cut down to what was asked for."""

    model: Model
    protocol: str
    operations: Mapping[str, Mapping[str, Any]]
    shapes: Mapping[str, Mapping[str, Any]]
    """those reachable, in the model's order"""
    input_shapes: frozenset[str]
    """those reachable from an input"""
    left_out: tuple[tuple[str, str], ...]


def parse_selection(text: str) -> Selection:
    """`s3:GetObject,HeadObject` -> Selection."""
    service, colon, operations = text.partition(":")
    names = tuple(filter(None, (part.strip() for part in operations.split(","))))
    if not service or (colon and not names):
        raise CodegenError(f"cannot read {text!r}: expected SERVICE or SERVICE:Operation,Operation")
    return Selection(service.strip(), tuple(dict.fromkeys(names)))


def select(model: Model, wanted: tuple[str, ...]) -> Selected:
    """Prune a model to operations (all where none is named) and the shapes reachable from them."""
    metadata = _member(model, model.content, "$", "metadata")
    for required in ("endpointPrefix", "serviceId", "apiVersion", "signatureVersion"):
        if not isinstance(metadata.get(required, metadata.get("protocol")), str):
            raise ModelError(model.origin, f"$.metadata.{required}", "expected a string")
    operations = _member(model, model.content, "$", "operations")
    shapes = _member(model, model.content, "$", "shapes")
    protocol = _choose_protocol(model, metadata)
    for name in wanted:
        if name not in operations:
            raise CodegenError(
                f"{model.name} has no operation {name!r}{suggest(name, operations)}; "
                f"`edgemote_codegen list {model.name}` names them all"
            )
    chosen: dict[str, Mapping[str, Any]] = {}
    left_out: list[tuple[str, str]] = []
    inputs: dict[str, None] = {}
    others: dict[str, None] = {}
    for name in operations:
        if wanted and name not in wanted:
            continue
        operation = operations[name]
        if not isinstance(operation, dict) or not isinstance(operation.get("http", {}), dict):
            raise ModelError(model.origin, f"$.operations.{name}", "expected an object")
        own_inputs: dict[str, None] = {}
        own_others: dict[str, None] = {}
        for role in ("input", "output"):
            if role in operation:
                spot = f"$.operations.{name}.{role}"
                _reach(
                    model,
                    shapes,
                    operation[role],
                    spot,
                    own_inputs if role == "input" else own_others,
                )
        for index, error in enumerate(operation.get("errors", ())):
            _reach(model, shapes, error, f"$.operations.{name}.errors[{index}]", own_others)
        reason = _unsupported(operation, shapes, {**own_inputs, **own_others})
        if reason and wanted:
            raise UnsupportedError(f"{model.name}:{name} cannot be generated: {reason}")
        if reason:
            left_out.append((name, reason))
            continue
        chosen[name] = operation
        inputs |= own_inputs
        others |= own_others
    return Selected(
        model=model,
        protocol=protocol,
        operations=chosen,
        shapes={name: shapes[name] for name in shapes if name in inputs or name in others},
        input_shapes=frozenset(inputs),
        left_out=tuple(left_out),
    )


def _choose_protocol(model: Model, metadata: Mapping[str, Any]) -> str:
    offered = metadata.get("protocols") or [metadata.get("protocol")]
    for protocol in PROTOCOLS:
        if protocol in offered:
            return protocol
    raise UnsupportedError(
        f"{model.name} speaks {', '.join(map(str, offered))}; supported are {', '.join(PROTOCOLS)}"
    )


def _unsupported(
    operation: Mapping[str, Any], shapes: Mapping[str, Any], reached: Mapping[str, None]
) -> str:
    """Why an operation cannot be generated; "" where it can."""
    if any(shapes[name].get("eventstream") for name in reached):
        return "event streams are not supported"
    auth = operation.get("auth") or [operation.get("authtype") or "v4"]
    known = {"aws.auth#sigv4", "smithy.api#noAuth", "v4", "none", "v4-unsigned-body"}
    if not known.intersection(auth):
        return f"signing by {', '.join(auth)} is not supported"
    return ""


def _member(model: Model, parent: Any, path: str, name: str) -> dict[str, Any]:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise ModelError(model.origin, f"{path}.{name}", "expected an object")
    return value


def _reach(
    model: Model, shapes: Mapping[str, Any], reference: Any, path: str, reached: dict[str, None]
) -> None:
    """Add the referenced shape and all that it contains. Iterative: models nest deeper than Python's stack."""
    pending = [(reference, path)]
    while pending:
        reference, path = pending.pop()
        name = reference.get("shape") if isinstance(reference, dict) else None
        if not isinstance(name, str):
            raise ModelError(model.origin, path, 'expected an object with a "shape"')
        if name in reached:
            continue
        shape = shapes.get(name)
        if not isinstance(shape, dict):
            raise ModelError(
                model.origin,
                f"{path}.shape",
                f"names {name!r}, which $.shapes lacks{suggest(name, shapes)}",
            )
        if shape.get("type") not in SHAPE_TYPES:
            raise ModelError(
                model.origin, f"$.shapes.{name}.type", f"{shape.get('type')!r} is no known type"
            )
        reached[name] = None
        pending += _references(model, name, shape)


def _references(model: Model, name: str, shape: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    path = f"$.shapes.{name}"
    kind = shape["type"]
    if kind == "structure":
        members = _member(model, shape, path, "members")
        for required in shape.get("required", ()):
            if required not in members:
                raise ModelError(
                    model.origin, f"{path}.required", f"names {required!r}, which is no member"
                )
        yield from ((members[member], f"{path}.members.{member}") for member in members)
    elif kind in ("list", "map"):
        for part in ("member",) if kind == "list" else ("key", "value"):
            if part not in shape:
                raise ModelError(model.origin, path, f"a {kind} needs a {part!r}")
            yield shape[part], f"{path}.{part}"
