"""Structs, errors and typed dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from .. import docs, names
from ..errors import ModelError
from ..ir import DictIR, ErrorIR, Member, StructIR
from ..selection import Selected
from .types import Scope, ShapeTypes


def no_doc(html: str | None) -> str:
    return ""


def list_errors(selected: Selected) -> list[str]:
    """Shapes that are raised rather than returned."""
    raised = {
        error["shape"]
        for operation in selected.operations.values()
        for error in operation.get("errors", ())
    }
    # A shape that is both raised and a member of something stays a struct and gets an error beside
    # it by the caller's name: no model of botocore's has one that is also marked as an exception,
    # so the mark decides.
    return [
        name for name, shape in selected.shapes.items() if name in raised or shape.get("exception")
    ]


def lower_members(
    types: ShapeTypes,
    name: str,
    annotate: Callable[[Mapping[str, Any]], str],
    doc: Callable[[str | None], str],
) -> tuple[Member, ...]:
    shape = types.shapes[name]
    required = shape.get("required", ()) if name in types.selected.input_shapes else ()
    wire_names = _wire_names(types, name)
    return tuple(
        Member(
            name=names.safe(member),
            wire_name=wire_names[member],
            annotation=annotate(reference),
            # A token that the client fills in may be left out.
            required=member in required and not reference.get("idempotencyToken"),
            doc=_member_doc(types, reference, doc),
        )
        for member, reference in shape["members"].items()
    )


def _wire_names(types: ShapeTypes, name: str) -> dict[str, str]:
    """Member -> its name in a body.

    Where a member goes to the head, the operation's tables have its wire name; here it only must
    not be taken for another.
    """
    members = types.shapes[name]["members"]
    in_body = {
        member: reference.get("locationName", member)
        for member, reference in members.items()
        if "location" not in reference or types.selected.protocol == "json"
    }
    owners: dict[str, str] = {}
    for member, wire in in_body.items():
        if wire in owners:
            path = f"$.shapes.{name}.members.{member}.locationName"
            problem = f"is {wire!r}, the name of {owners[wire]!r} already"
            raise ModelError(types.selected.model.origin, path, problem)
        owners[wire] = member
    in_head = {member: member for member in members if member not in in_body}
    return names.unique(in_head, set(owners)) | in_body


def _member_doc(
    types: ShapeTypes, reference: Mapping[str, Any], doc: Callable[[str | None], str]
) -> str:
    shape = types.shapes[reference["shape"]]
    text = doc(reference.get("documentation") or shape.get("documentation"))
    if doc is no_doc or "enum" not in shape:
        return text
    values = docs.tidy(f"One of {', '.join(shape['enum'])}.")
    return f"{text}\n\n{values}" if text else values


def lower_struct(types: ShapeTypes, name: str, doc: Callable[[str | None], str]) -> StructIR:
    shape = types.shapes[name]
    hidden = frozenset(names.safe(member) for member in shape["members"])
    scope = Scope(hidden, types.shadowed["shapes"])
    checked = name in types.selected.input_shapes
    members = lower_members(
        types, name, lambda reference: types.of_member(reference, scope, checked), doc
    )
    return StructIR(
        name=types.struct_names[name],
        root="TaggedUnion" if shape.get("union") else "Shape",
        rename=_renamed(members),
        members=members,
        doc=doc(shape.get("documentation")),
    )


def _renamed(members: tuple[Member, ...]) -> dict[str, str]:
    return {member.name: member.wire_name for member in members if member.wire_name != member.name}


def lower_error(types: ShapeTypes, name: str, doc: Callable[[str | None], str]) -> ErrorIR:
    shape = types.shapes[name]
    hidden = frozenset(names.safe(member) for member in shape["members"])
    scope = Scope(hidden, types.shadowed["errors"], prefix="shapes")
    # What ServiceError has already; `Message` too is what its `message` was read from.
    taken = {"message", "code", "status", "request_id", "retryable", "headers", "args"}
    members = tuple(
        member
        for member in lower_members(
            types, name, lambda reference: types.of_member(reference, scope, False), doc
        )
        if member.name not in taken and member.name != "Message"
    )
    retryable = shape.get("retryable")
    flags = {
        "retryable": retryable is not None,
        "throttling": retryable is not None and retryable.get("throttling", False),
    }
    return ErrorIR(
        name=types.struct_names[name],
        code=shape.get("error", {}).get("code", name),
        flags=tuple(flag for flag, is_set in flags.items() if is_set),
        rename=_renamed(members),
        members=members,
        doc=doc(shape.get("documentation")),
    )


def lower_dicts(types: ShapeTypes, params: Mapping[str, str]) -> tuple[DictIR, ...]:
    """TypedDicts of the parameters of every operation, and of every struct in them."""
    dicts = []
    nested = {
        reference["shape"]
        for name in types.selected.input_shapes
        for reference in _contained(types.shapes[name])
    }
    wanted = {
        name: f"{types.struct_names[name]}Dict" for name in nested if name in types.struct_names
    }
    for name in types.shapes:
        for written in _dict_names(name, wanted, params, types):
            members = lower_members(types, name, types.for_caller, no_doc)
            keys = tuple(replace(member, name=member.name.removesuffix("_")) for member in members)
            dicts.append(DictIR(written, keys, is_class=keys == members))
    return tuple(dicts)


def _contained(shape: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from shape.get("members", {}).values()
    yield from (shape[part] for part in ("member", "value") if part in shape)


def _dict_names(
    name: str, wanted: Mapping[str, str], params: Mapping[str, str], types: ShapeTypes
) -> Iterable[str]:
    for operation, written in params.items():
        if types.selected.operations[operation].get("input", {}).get("shape") == name:
            yield written
    if name in wanted:
        yield wanted[name]
