"""Turns rules into statements, without conditions whose results are already known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from ..errors import EndpointRuleError
from .bindings import name_argument
from .conditions import (
    IsEqual,
    IsSet,
    Known,
    Test,
    assume,
    canonical_test,
    exclude,
    judge,
    lower_condition,
    narrow,
    shown_set,
    test_value,
)
from .expressions import (
    Call,
    Constant,
    Element,
    Expression,
    Kind,
    Scope,
    Template,
    Variable,
    canonical,
    is_nullable,
    kind_of,
    walk,
)
from .folding import fold
from .parameters import avoid_keyword
from .statements import (
    Bind,
    Condition,
    If,
    Raise,
    Return,
    Statement,
    guard,
    tidy,
    trim,
)
from .values import lower_template, lower_value

# Schemes that the device supports; the first of them that a rule lists is used.
SUPPORTED_SCHEMES = frozenset(("sigv4", "none"))


class Pass(msgspec.Struct):
    """The state of one run over a rule set.

    A Python name has one type, (kind, nullable), in the whole function, for type checkers.
    """

    signing_name: str | None
    refused_schemes: frozenset[str]
    region: Expression | None = None
    """the service's signing name, used if no rule sets one"""
    types: dict[str, tuple[Kind, bool]] = {}
    left_out: Collection[str] = ()
    """of BUCKET_KINDS, which are refused"""


# Forms of a bucket that most clients never use, by the option that omits them.
BUCKET_KINDS = {"arns": "is an ARN", "bucket_aliases": "is on an Outpost or in S3 Express"}

Lowered: TypeAlias = tuple[tuple[Statement, ...], Known | None]


def lower_rules(
    rules: Iterable[Mapping[str, Any]], scope: Scope, known: Known, pass_: Pass
) -> Lowered:
    """Rules in their order, and what is known if none of them applied: None if one must."""
    statements: list[Statement] = []
    after: Known | None = known
    for rule in rules:
        if after is None:
            break
        passage = _lower_conditions(rule["conditions"], scope, after, pass_)
        if passage is None:
            continue
        conditions, inner_scope, inner_known = passage
        body, fallen = _lower_outcome(rule, inner_scope, inner_known, pass_)
        kind = _find_bucket_kind(conditions)
        if kind in pass_.left_out and any(isinstance(node, Return) for node in walk(body)):
            body, fallen = (_refuse_bucket(kind),), None
        if not body:
            continue
        statements.extend(guard(trim(conditions, body), body))
        if fallen is None:
            after = _learn(after, conditions)
    return tidy(statements), after


def _lower_outcome(rule: Mapping[str, Any], scope: Scope, known: Known, pass_: Pass) -> Lowered:
    match rule["type"]:
        case "tree":
            body, fallen = lower_rules(rule["rules"], scope, known, pass_)
            return (_shorten_refusal(body, pass_) if fallen is None else body), fallen
        case "error":
            return (Raise(lower_value(rule["error"], scope)),), None
        case "endpoint":
            return _demand_set(_lower_result(rule["endpoint"], scope, pass_), known), None
    raise EndpointRuleError(f"endpoint rule of unknown type {rule['type']!r}")


def _lower_result(endpoint: Mapping[str, Any], scope: Scope, pass_: Pass) -> Statement:
    schemes = endpoint.get("properties", {}).get("authSchemes", ())
    scheme = next((item for item in schemes if item["name"] in SUPPORTED_SCHEMES), None)
    if scheme is None and schemes:
        scheme = schemes[0]
    if scheme is not None and scheme["name"] in pass_.refused_schemes:
        return _refuse_scheme(scheme["name"])
    fields = _lower_scheme(scheme, scope, pass_) if scheme is not None else ()
    headers = {
        name.lower(): _join_values(values, scope)
        for name, values in endpoint.get("headers", {}).items()
        if values
    }
    return Return(lower_value(endpoint["url"], scope), fields, tuple(headers.items()))


def _join_values(values: Iterable[Any], scope: Scope) -> Expression:
    """One header with all values of a rule, as in Smithy; botocore only sends the first."""
    parts: list[Expression] = []
    for value in values:
        lowered = lower_value(value, scope)
        parts += [Constant(", ")] if parts else []
        parts += lowered.parts if isinstance(lowered, Template) else [lowered]
    return parts[0] if len(parts) == 1 else fold(Template(tuple(parts)))


def _find_bucket_kind(conditions: Iterable[Condition]) -> str:
    """The form of a bucket that the conditions test for; "" for none."""
    for condition in conditions:
        match condition:
            case Bind(value=Call(function="parse_arn", arguments=(Variable(name="bucket"), *_))):
                return "arns"
            case Test(
                atom=IsEqual(
                    value=Variable(
                        definition=Call(
                            function="substring", arguments=(Variable(name="bucket"), *_)
                        )
                    ),
                    other=Constant(value=str(suffix)),
                )
            ) if suffix.startswith("--"):
                return "bucket_aliases"
    return ""


def _refuse_bucket(kind: str) -> Raise:
    return Raise(
        Constant(
            f"This client was generated with --no-{kind.replace('_', '-')}, which is the default of"
            " bundles that have no operations of S3 but GetObject and HeadObject, and the bucket"
            f" {BUCKET_KINDS[kind]}; regenerate it without that option, or with {kind} = true in"
            " [tool.edgemote]"
        )
    )


def _refuse_scheme(name: str) -> Raise:
    return Raise(Constant(f"This endpoint needs {name} signatures"))


def _shorten_refusal(body: tuple[Statement, ...], pass_: Pass) -> tuple[Statement, ...]:
    """Reduce rules that only lead to errors and endpoints of a refused scheme to its refusal."""
    ends = {node for node in walk(body) if isinstance(node, (Return, Raise))}
    refusals = ends.intersection(map(_refuse_scheme, pass_.refused_schemes))
    if len(refusals) == 1 and not any(isinstance(end, Return) for end in ends):
        return tuple(refusals)
    return body


def _demand_set(result: Statement, known: Known) -> tuple[Statement, ...]:
    """The result, guarded if it contains a parameter that the rules do not test."""
    guards = {
        node: If(
            (Test(IsSet(node), holds=False),), (Raise(Constant(f"{node.name} must be given")),)
        )
        for node in walk(result)
        if isinstance(node, Variable) and node.nullable and judge(known, Test(IsSet(node))) is None
    }
    return (*guards.values(), result)


def _lower_scheme(
    scheme: Mapping[str, Any], scope: Scope, pass_: Pass
) -> tuple[tuple[str, Expression], ...]:
    """The fields of the device's Endpoint that a rule's authentication scheme sets."""
    region = scheme.get("signingRegion") or ",".join(scheme.get("signingRegionSet", ()))
    texts = {
        "auth_scheme": scheme["name"],
        "signing_name": scheme.get("signingName"),
        "signing_region": region,
    }
    fields = {name: lower_template(text, scope) for name, text in texts.items() if text}
    if pass_.signing_name is not None and scheme["name"] == "sigv4":
        usual = {
            "auth_scheme": Constant("sigv4"),
            "signing_name": Constant(pass_.signing_name),
            "signing_region": fold(pass_.region) if pass_.region is not None else None,
        }
        fields = {name: value for name, value in fields.items() if value != usual[name]}
    if str(scheme.get("disableDoubleEncoding")).lower() == "true":
        fields["disable_double_encoding"] = Constant(True)
    return tuple(fields.items())


def _lower_conditions(
    conditions: Iterable[Mapping[str, Any]], scope: Scope, known: Known, pass_: Pass
) -> tuple[tuple[Condition, ...], Scope, Known] | None:
    """A rule's open conditions, and what is known after them. None if the rule never applies."""
    open_conditions: list[Condition] = []
    inner = dict(scope)
    for condition in conditions:
        if isinstance(condition, bool):  # a flag with the same value in all partitions
            if condition:
                continue
            return None
        name = condition.get("assign")
        bound: Variable | None = None
        if name is None:
            test = lower_condition(condition, inner)
        else:
            value = lower_value(condition, inner)
            test = test_value(value)
            present = _find_present(value, inner)
            if present is None:
                present = bound = _name_value(name, value, inner, pass_)
                open_conditions.append(Bind(bound, value))
            inner[name] = present
        if test is False:
            return None
        if test is True:
            continue
        key = canonical_test(test)
        verdict = judge(known, key)
        shown = shown_set(key)
        assumed = assume(known, (key,))
        if verdict is False or assumed is None:
            return None
        if bound is None and (verdict is None or not shown <= known.narrowed):
            open_conditions.append(test)
        known = narrow(assumed, shown)
    return tuple(open_conditions), inner, known


def _find_present(value: Expression, scope: Scope) -> Expression | None:
    """An expression that needs no variable of its own."""
    if not isinstance(value, (Call, Element)) or kind_of(value) == "flag":
        return value
    definition = canonical(value)
    for other in scope.values():
        if isinstance(other, Variable) and canonical(other) == definition:
            return other
    return None


def _name_value(name: str, value: Expression, scope: Scope, pass_: Pass) -> Variable:
    kind = kind_of(value)
    wanted = "part" if kind == "partition" else avoid_keyword(_name_variable(name))
    typed = (kind, is_nullable(value))
    taken = {other.name for other in scope.values() if isinstance(other, Variable)}
    candidate, number = wanted, 1
    while candidate in taken or pass_.types.setdefault(candidate, typed) != typed:
        number += 1
        candidate = f"{wanted}_{number}"
    return Variable(candidate, kind, nullable=False, definition=value)


def _name_variable(name: str) -> str:
    # The names in a rule set are too long for code.
    return name_argument(name).removesuffix("_value").replace("availability_zone", "zone")


def _learn(known: Known, conditions: tuple[Condition, ...]) -> Known | None:
    """What is known after code that always returns if these conditions hold."""
    tests = frozenset(
        canonical_test(condition if isinstance(condition, Test) else Test(IsSet(condition.value)))
        for condition in conditions
        if isinstance(condition, Test) or is_nullable(condition.value)
    )
    learned = exclude(known, tests)
    if learned is not None and len(tests) == 1:
        (test,) = tests
        learned = narrow(learned, shown_set(Test(test.atom, not test.holds)))
    return learned
