"""Structs, errors and typed dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from .. import docs, names
from ..customizations import find_decoding
from ..errors import ModelError, UnsupportedError
from ..ir import DictIR, ErrorIR, Member, StructIR
from ..selection import Selected
from .types import Scope, ShapeTypes, location_name, read_namespace

_ROLES = ("input", "output")


def no_doc(html: str | None) -> str:
    return ""


def list_errors(selected: Selected) -> list[str]:
    """Return the shapes that are raised, not returned."""
    raised = {
        error["shape"]
        for operation in selected.operations.values()
        for error in operation.get("errors", ())
    }
    errors = [
        name for name, shape in selected.shapes.items() if name in raised or shape.get("exception")
    ]
    returned = {
        reference["shape"]
        for part in (*selected.shapes.values(), *selected.operations.values())
        for reference in (*_contained(part), *(part[role] for role in _ROLES if role in part))
    }
    for name in errors:
        if name in returned:
            raise UnsupportedError(
                f"{selected.model.name}: {name} is an error, and also a part of an input or output"
            )
    return errors


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
            doc=_member_doc(reference, doc),
        )
        for member, reference in shape["members"].items()
    )


def _wire_names(types: ShapeTypes, name: str) -> dict[str, str]:
    """Member -> its name in a body.

    If a member goes into the head, the operation's tables have its wire name. Here, it only needs a
    name that is not that of another member.
    """
    members = types.shapes[name]["members"]
    in_body = {
        member: _body_name(types, member, reference)
        for member, reference in members.items()
        if "location" not in reference or not types.protocol.binds
    }
    for member in _find_sharers(types, members, in_body):
        del in_body[member]
    owners: dict[str, str] = {}
    for member, wire in in_body.items():
        if wire in owners:
            path = f"$.shapes.{name}.members.{member}.locationName"
            problem = f"is {wire!r}, which is already the name of {owners[wire]!r}"
            raise ModelError(types.selected.model.origin, path, problem)
        owners[wire] = member
    elsewhere = {member: member for member in members if member not in in_body}
    return names.unique(elsewhere, set(owners)) | in_body


def _find_sharers(
    types: ShapeTypes, members: Mapping[str, Any], in_body: Mapping[str, str]
) -> dict[str, str]:
    """Member -> the member whose XML element it shares: S3 turned single events into lists, and
    kept the old members in addition to the new ones.
    """
    if not types.protocol.xml:
        return {}
    owners = {
        wire: member for member, wire in in_body.items() if not members[member].get("deprecated")
    }
    return {
        member: owners[wire]
        for member, wire in in_body.items()
        if members[member].get("deprecated") and wire in owners
    }


def _body_name(types: ShapeTypes, member: str, reference: Mapping[str, Any]) -> str:
    return location_name(types.shapes, reference) or member


def _member_doc(reference: Mapping[str, Any], doc: Callable[[str | None], str]) -> str:
    text = doc(reference.get("documentation"))
    if doc is no_doc or "enum" not in reference:
        return text
    values = docs.tidy(f"One of {', '.join(reference['enum'])}.")
    return f"{text}\n\n{values}" if text else values


def lower_struct(types: ShapeTypes, name: str, doc: Callable[[str | None], str]) -> StructIR:
    shape = types.shapes[name]
    hidden = frozenset(names.safe(member) for member in shape["members"])
    scope = Scope(hidden, has_structs=True)
    checked = name in types.selected.input_shapes
    payload = shape["members"].get(shape.get("payload"))

    def annotate(reference: Mapping[str, Any]) -> str:
        # The operation has the namespace of its body.
        if reference is payload and types.shapes[reference["shape"]]["type"] == "structure":
            reference = {key: part for key, part in reference.items() if key != "xmlNamespace"}
        return types.of_member(reference, scope, checked)

    members = lower_members(types, name, annotate, doc)
    if types.protocol.xml and not checked:
        members = _decode_texts(types, name, members)
    return StructIR(
        name=types.struct_names[name],
        root="TaggedUnion" if shape.get("union") else "Shape",
        rename=_renamed(members),
        members=members,
        facts=tuple(_list_facts(types, shape, members)),
        doc=doc(shape.get("documentation")),
    )


def _decode_texts(types: ShapeTypes, name: str, members: tuple[Member, ...]) -> tuple[Member, ...]:
    service_id = types.selected.model.content["metadata"].get("serviceId", "")
    found = []
    for member, (own, reference) in zip(
        members, types.shapes[name]["members"].items(), strict=True
    ):
        annotation = find_decoding(service_id, name, own, reference["shape"])
        found.append(replace(member, annotation=annotation) if annotation else member)
    return tuple(found)


def _list_facts(
    types: ShapeTypes, shape: Mapping[str, Any], members: tuple[Member, ...]
) -> Iterable[tuple[str, Any]]:
    """Return what the codecs of XML and forms need, in addition to the members' annotations."""
    if not types.protocol.xml:
        return
    references = shape["members"].values()
    if "xmlNamespace" in shape:
        yield "_xml_namespace", read_namespace(shape)
    in_tag = tuple(
        member.name
        for member, reference in zip(members, references, strict=True)
        if reference.get("xmlAttribute")
    )
    if in_tag:
        yield "_xml_attributes", in_tag
    wires = {member: _body_name(types, member, part) for member, part in shape["members"].items()}
    shared = _find_sharers(types, shape["members"], wires)
    if shared:
        yield "_xml_shared", {names.safe(one): names.safe(other) for one, other in shared.items()}
    if types.selected.protocol == "ec2":
        form_names = {
            member.name: name
            for member, (own, reference) in zip(members, shape["members"].items(), strict=True)
            if (name := _form_name(types, own, reference)) != _capitalized(member.wire_name)
        }
        if form_names:
            yield "_form_names", form_names


def _form_name(types: ShapeTypes, member: str, reference: Mapping[str, Any]) -> str:
    """Return a member's name in EC2's forms: botocore.serialize.EC2Serializer."""
    name: str | None = reference.get("queryName")
    if name is None:
        wire = location_name(types.shapes, reference)
        name = member if wire is None else _capitalized(wire)
    return name


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]


def _renamed(members: tuple[Member, ...]) -> dict[str, str]:
    return {member.name: member.wire_name for member in members if member.wire_name != member.name}


def lower_error(types: ShapeTypes, name: str, doc: Callable[[str | None], str]) -> ErrorIR:
    shape = types.shapes[name]
    hidden = frozenset(names.safe(member) for member in shape["members"])
    scope = Scope(hidden, has_structs=False)
    # Members that ServiceError has already. Its `message` was read from `Message`.
    taken = {"message", "code", "status", "request_id", "retryable", "headers", "args"}
    members = tuple(
        member
        for member in lower_members(
            types, name, lambda reference: types.of_member(reference, scope, False), doc
        )
        if member.name not in taken and member.name != "Message"
    )
    head = _find_head(types, shape, members)
    retryable = shape.get("retryable")
    flags = {
        "retryable": retryable is not None,
        "throttling": retryable is not None and retryable.get("throttling", False),
    }
    return ErrorIR(
        name=types.struct_names[name],
        code=shape.get("error", {}).get("code", name),
        flags=tuple(flag for flag, is_set in flags.items() if is_set),
        rename={name: wire for name, wire in _renamed(members).items() if name not in head},
        head=head,
        members=members,
        doc=doc(shape.get("documentation")),
    )


def _find_head(
    types: ShapeTypes, shape: Mapping[str, Any], members: tuple[Member, ...]
) -> dict[str, str]:
    """Members of an error in the head of the response -> their place."""
    if not types.protocol.binds:
        return {}
    # The error reads its message from a member with this name in any case.
    kept = {member.name for member in members} | {"message", "Message"}
    found = {}
    for own, reference in shape["members"].items():
        location = reference.get("location")
        if location == "header":
            found[names.safe(own)] = (location_name(types.shapes, reference) or own).lower()
        elif location == "headers":
            found[names.safe(own)] = f":headers {reference.get('locationName', '')}"
        elif location == "statusCode":
            found[names.safe(own)] = ":status"
    return {
        "message" if name == "Message" else name: place
        for name, place in found.items()
        if name in kept
    }


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
    inputs: dict[str, list[str]] = {}
    for operation, written in params.items():
        shape = types.selected.operations[operation].get("input", {}).get("shape")
        inputs.setdefault(shape, []).append(written)
    for name in types.shapes:
        for written in [*inputs.get(name, ()), *([wanted[name]] if name in wanted else ())]:
            members = lower_members(types, name, types.for_caller, no_doc)
            keys = tuple(replace(member, name=member.name.removesuffix("_")) for member in members)
            dicts.append(DictIR(written, keys, is_class=keys == members))
    return tuple(dicts)


def _contained(shape: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from shape.get("members", {}).values()
    yield from (shape[part] for part in ("member", "value") if part in shape)
