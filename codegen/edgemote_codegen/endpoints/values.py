"""Turns the values of a rule set's JSON into expressions.

The rules language is Smithy's (https://smithy.io/2.0/additional-specs/rules-engine). Supported are
the functions that botocore evaluates; any other is refused by name.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

import msgspec

from ..errors import EndpointRuleError
from .expressions import (
    Attribute,
    Call,
    Constant,
    Element,
    Expression,
    Kind,
    Scope,
    Template,
    kind_of,
)
from .folding import fold


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


def lower_value(value: Any, scope: Scope) -> Expression:
    """A rule set's value (a literal, a template, a reference or a function call)."""
    return fold(_lower_open(value, scope))


def lower_template(text: str, scope: Scope) -> Expression:
    """A string that contains `{name}` and `{name#field}`."""
    return fold(_lower_text(text, scope))


def _lower_open(value: Any, scope: Scope) -> Expression:
    """The value as in the rules, without using what is known about regions."""
    if isinstance(value, str):
        return _lower_text(value, scope)
    if not isinstance(value, Mapping):
        return Constant(value)
    if "ref" in value:
        return _look_up(value["ref"], scope)
    return _lower_call(value, scope)


def _lower_call(call: Mapping[str, Any], scope: Scope) -> Expression:
    """A call that returns a value; `conditions` handles those that only test."""
    name = call["fn"]
    if name == "getAttr":
        return _lower_attribute(_lower_open(call["argv"][0], scope), call["argv"][1])
    if name not in FUNCTIONS:
        raise EndpointRuleError(f"endpoint rule function {name!r} is not supported")
    function = FUNCTIONS[name]
    arguments = tuple(_lower_open(argument, scope) for argument in call["argv"])
    if arguments[0] == Constant(None):
        return Constant(False if function.kind == "flag" else None)
    return Call(function.name, arguments, function.kind, function.nullable)


def _lower_attribute(value: Expression, path: str) -> Expression:
    """`getAttr`: names separated by dots, with an optional index in brackets at the end."""
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


def _lower_text(text: str, scope: Scope) -> Expression:
    parts: list[Expression] = []
    try:
        pieces = list(string.Formatter().parse(text))
    except ValueError:
        raise EndpointRuleError(f"endpoint rule has an invalid template: {text!r}") from None
    for literal, reference, _, _ in pieces:
        if literal:
            parts.append(Constant(literal))
        if reference is not None:
            name, *fields = reference.split("#")
            value = _look_up(name, scope)
            parts.append(_lower_attribute(value, ".".join(fields)) if fields else value)
    if len(parts) == 1:
        return parts[0]
    return Template(tuple(parts)) if parts else Constant("")


def _look_up(name: str, scope: Scope) -> Expression:
    if name not in scope:
        raise EndpointRuleError(f"endpoint rule refers to {name!r}, which nothing defines")
    return scope[name]
