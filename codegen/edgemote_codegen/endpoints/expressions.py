"""Values in endpoint rules: typed expressions, and how a rule set's JSON becomes one.

The rules language is Smithy's (https://smithy.io/2.0/additional-specs/rules-engine). Only functions
that botocore evaluates too are known here; another one is refused by name.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["text", "flag", "texts", "partition", "arn", "url"]


class EndpointRuleError(ValueError):
    """A rule set, or an operation's endpoint parameters, that cannot be compiled."""


class Constant(msgspec.Struct, frozen=True):
    value: str | bool | int | None


class Variable(msgspec.Struct, frozen=True):
    """A Python name. `definition` is what it was assigned, None for a parameter of `resolve`."""

    name: str
    kind: Kind
    nullable: bool
    definition: Expression | None = None


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


class Function(msgspec.Struct, frozen=True):
    """A device function. `option` names its last argument, a flag that is False unless given."""

    name: str
    kind: Kind
    nullable: bool
    option: str | None = None


FUNCTIONS = {
    "aws.partition": Function("partition", "partition", nullable=False),
    "aws.parseArn": Function("parse_arn", "arn", nullable=True),
    "aws.isVirtualHostableS3Bucket": Function(
        "is_virtual_host_bucket", "flag", nullable=False, option="dots"
    ),
    "isValidHostLabel": Function("is_host_label", "flag", nullable=False, option="dots"),
    "parseURL": Function("parse_url", "url", nullable=True),
    "substring": Function("substring", "text", nullable=True, option="from_end"),
    "uriEncode": Function("uri_encode", "text", nullable=False),
}
OPTIONS = {function.name: function.option for function in FUNCTIONS.values()}

# (kind, name in the rules) -> (field of the device's struct, its kind)
FIELDS: dict[tuple[Kind, str], tuple[str, Kind]] = {
    ("partition", "name"): ("id", "text"),
    ("partition", "dnsSuffix"): ("dns_suffix", "text"),
    ("partition", "dualStackDnsSuffix"): ("dual_stack_dns_suffix", "text"),
    ("partition", "implicitGlobalRegion"): ("implicit_global_region", "text"),
    ("partition", "supportsFIPS"): ("supports_fips", "flag"),
    ("partition", "supportsDualStack"): ("supports_dual_stack", "flag"),
    ("arn", "partition"): ("partition", "text"),
    ("arn", "service"): ("service", "text"),
    ("arn", "region"): ("region", "text"),
    ("arn", "accountId"): ("account_id", "text"),
    ("arn", "resourceId"): ("resource_id", "texts"),
    ("url", "scheme"): ("scheme", "text"),
    ("url", "authority"): ("authority", "text"),
    ("url", "path"): ("path", "text"),
    ("url", "normalizedPath"): ("normalized_path", "text"),
    ("url", "isIp"): ("is_ip", "flag"),
}

_PATH_STEP = re.compile(r"(\w*)(?:\[(\d+)\])?")


def kind_of(value: Expression) -> Kind:
    """The type that a value has when it is set."""
    if isinstance(value, Constant):
        return "flag" if isinstance(value.value, bool) else "text"
    if isinstance(value, (Element, Template)):
        return "text"
    return value.kind


def is_nullable(value: Expression) -> bool:
    """Whether the value can be unset, by its type alone."""
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
    """Every struct in a tree of structs and tuples; not what variables were defined as."""
    if isinstance(node, tuple):
        for item in node:
            yield from walk(item)
    elif isinstance(node, msgspec.Struct):
        yield node
        if not isinstance(node, Variable):
            for field in node.__struct_fields__:
                yield from walk(getattr(node, field))


def lower_value(value: Any, scope: Scope) -> Expression:
    """A rule set's value (a literal, a template, a reference or a function call)."""
    if isinstance(value, str):
        return lower_template(value, scope)
    if not isinstance(value, Mapping):
        return Constant(value)
    if "ref" in value:
        return _look_up(value["ref"], scope)
    return lower_call(value, scope)


def lower_call(call: Mapping[str, Any], scope: Scope) -> Expression:
    """A call that yields a value; conditions are endpoint_conditions' matter."""
    name = call["fn"]
    if name == "getAttr":
        return lower_attribute(lower_value(call["argv"][0], scope), call["argv"][1])
    if name not in FUNCTIONS:
        raise EndpointRuleError(f"endpoint rule function {name!r} is not supported")
    function = FUNCTIONS[name]
    arguments = tuple(lower_value(argument, scope) for argument in call["argv"])
    if arguments[0] == Constant(None):
        return Constant(False if function.kind == "flag" else None)
    return Call(function.name, arguments, function.kind, function.nullable)


def lower_attribute(value: Expression, path: str) -> Expression:
    """`getAttr`: names divided by dots, an index in brackets at the end."""
    for step in path.split("."):
        match = _PATH_STEP.fullmatch(step)
        if match is None:
            raise EndpointRuleError(f"endpoint rule path {path!r} cannot be read")
        name, index = match.groups()
        if value == Constant(None):
            return value
        if name:
            key = (kind_of(value), name)
            if key not in FIELDS:
                raise EndpointRuleError(f"endpoint rule reads {name!r} of a {key[0]}")
            value = Attribute(value, *FIELDS[key])
        if index is not None:
            value = Element(value, int(index))
    return value


def lower_template(text: str, scope: Scope) -> Expression:
    """A string with `{name}` and `{name#field}` in it."""
    parts: list[Expression] = []
    try:
        pieces = list(string.Formatter().parse(text))
    except ValueError:
        raise EndpointRuleError(f"endpoint rule has a template that is none: {text!r}") from None
    for literal, reference, _, _ in pieces:
        if literal:
            parts.append(Constant(literal))
        if reference is not None:
            name, *fields = reference.split("#")
            value = _look_up(name, scope)
            parts.append(lower_attribute(value, ".".join(fields)) if fields else value)
    if len(parts) == 1:
        return parts[0]
    return Template(tuple(parts)) if parts else Constant("")


def _look_up(name: str, scope: Scope) -> Expression:
    if name not in scope:
        raise EndpointRuleError(f"endpoint rule refers to {name!r}, which nothing defines")
    return scope[name]
