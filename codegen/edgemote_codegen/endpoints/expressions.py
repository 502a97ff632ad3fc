"""Values in endpoint rules, as typed expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from .partitions import PartitionIR

Kind: TypeAlias = Literal["text", "flag", "texts", "partition", "arn", "url"]


class Constant(msgspec.Struct, frozen=True):
    value: str | bool | int | tuple[str, ...] | None


class Region(msgspec.Struct, frozen=True):
    """A region that is known when the client is generated."""

    name: str
    partition: PartitionIR


class Variable(msgspec.Struct, frozen=True):
    """A Python name. `definition` is the assigned value, None for a parameter of `resolve`;
    `regions` are all that it can be, if they are known.
    """

    name: str
    kind: Kind
    nullable: bool
    definition: Expression | None = None
    regions: tuple[Region, ...] = ()


class Attribute(msgspec.Struct, frozen=True):
    of: Expression
    field: str
    kind: Kind


class Element(msgspec.Struct, frozen=True):
    of: Expression
    index: int


class Call(msgspec.Struct, frozen=True):
    function: str
    arguments: tuple[Expression, ...]
    kind: Kind
    nullable: bool


class Template(msgspec.Struct, frozen=True):
    parts: tuple[Expression, ...]


Expression: TypeAlias = Constant | Variable | Attribute | Element | Call | Template
Scope: TypeAlias = Mapping[str, Expression]


def kind_of(value: Expression) -> Kind:
    """The type that a value has when it is set."""
    if isinstance(value, Constant):
        return "flag" if isinstance(value.value, bool) else "text"
    if isinstance(value, (Element, Template)):
        return "text"
    return value.kind


def is_nullable(value: Expression) -> bool:
    """Whether the value's type permits it to be unset."""
    if isinstance(value, Constant):
        return value.value is None
    if isinstance(value, Element):
        return True
    return value.nullable if isinstance(value, (Variable, Call)) else False


def canonical(value: Expression) -> Expression:
    """The value with every variable replaced by its definition, to compare across scopes."""
    if isinstance(value, Variable):
        return value if value.definition is None else canonical(value.definition)
    if isinstance(value, (Attribute, Element)):
        return msgspec.structs.replace(value, of=canonical(value.of))
    if isinstance(value, Call):
        return msgspec.structs.replace(
            value, arguments=tuple(canonical(argument) for argument in value.arguments)
        )
    if isinstance(value, Template):
        return Template(tuple(canonical(part) for part in value.parts))
    return value


def walk(node: object) -> Iterator[msgspec.Struct]:
    """Every struct in a tree of structs and tuples, without the definitions of variables."""
    if isinstance(node, tuple):
        for item in node:
            yield from walk(item)
    elif isinstance(node, msgspec.Struct):
        yield node
        if not isinstance(node, Variable):
            for field in node.__struct_fields__:
                yield from walk(getattr(node, field))
