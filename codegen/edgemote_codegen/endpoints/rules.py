"""Endpoint rules: from botocore's endpoint-rule-set-1.json to a small Python function.

rule set -> statements (constants folded, tests answered) -> lines -> template -> `resolve`

What a device never supplies (an account id, say) counts as unset, so that the rules about it
vanish; what every chosen operation fixes is a constant. The function gives what
botocore.endpoint_provider gives for the same parameters, with the choice among authentication
schemes already made.
"""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import jinja2
import msgspec

from .bindings import name_argument
from .conditions import (
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
    EndpointRuleError,
    Expression,
    Kind,
    Scope,
    Variable,
    canonical,
    is_nullable,
    kind_of,
    lower_template,
    lower_value,
    walk,
)
from .layout import format_value, lay_out, lay_out_import
from .statements import (
    OPTION_NAMES,
    SUFFIX_NAME,
    Bind,
    Condition,
    Raise,
    Return,
    Statement,
    ends,
    guard,
    tidy,
    trim,
)

# Built-in values that `resolve` always takes, with their keyword in its signature.
BUILT_IN_ARGUMENTS = {
    "AWS::Region": Variable("region", "text", nullable=True),
    "AWS::UseFIPS": Variable("use_fips", "flag", nullable=False),
    "AWS::UseDualStack": Variable("use_dual_stack", "flag", nullable=False),
    "SDK::Endpoint": Variable("endpoint_url", "text", nullable=True),
}
# Built-in values that the device does not supply: botocore's defaults where it has some, but for
# UseGlobalEndpoint, where the regional host is the better one for a client that knows its region.
BUILT_IN_CONSTANTS: dict[str, str | bool] = {
    "AWS::S3::Accelerate": False,
    "AWS::S3::DisableMultiRegionAccessPoints": False,
    "AWS::S3::UseArnRegion": True,
    "AWS::S3::UseGlobalEndpoint": False,
    "AWS::S3Control::UseArnRegion": False,
    "AWS::STS::UseGlobalEndpoint": False,
}
KINDS: dict[str, Kind] = {"string": "text", "boolean": "flag", "stringarray": "texts"}
ANNOTATIONS: dict[Kind, str] = {"text": "str", "flag": "bool", "texts": "tuple[str, ...]"}
# Schemes that the device signs with, in no order: a rule's first one of these is taken.
SUPPORTED_SCHEMES = frozenset(("sigv4", "none"))
# The module that the device's functions and types come from.
MODULES = {
    "Endpoint": "aws.endpoints",
    "EndpointError": "aws.errors",
    "partition": "aws.endpoints",
    "is_host_label": "aws.endpoint_functions",
    "is_virtual_host_bucket": "aws.endpoint_functions",
    "parse_arn": "aws.endpoint_functions",
    "parse_url": "aws.endpoint_functions",
    "substring": "aws.endpoint_functions",
    "text_at": "aws.endpoint_functions",
    "uri_encode": "aws.endpoint_functions",
}


class ParameterIR(msgspec.Struct, frozen=True):
    """A parameter of `resolve` beside the four that it always has.

    `name` is the rule set's. Callers leave out what is unset, rather than to pass None.
    """

    name: str
    argument: str
    annotation: str
    default: str


class EndpointIR(msgspec.Struct, frozen=True):
    """The body of a service's endpoint.py, and the static modules of `aws` that it needs."""

    parameters: tuple[ParameterIR, ...]
    modules: tuple[str, ...]
    imports: tuple[str, ...]
    lines: tuple[str, ...]


class _Pass(msgspec.Struct):
    """One run over a rule set: what the caller asked for, and the Python names in use.

    A name has one type, (kind, nullable), in all of a function, or a type checker would object.
    """

    signing_name: str | None
    refused_schemes: frozenset[str]
    types: dict[str, tuple[Kind, bool]] = {}


_Lowered: TypeAlias = tuple[tuple[Statement, ...], Known | None]


def lower_endpoint(
    rule_set: Mapping[str, Any],
    partitions: Mapping[str, Any],
    *,
    supplied: Collection[str] = (),
    fixed: Mapping[str, Any] = {},
    signing_name: str | None = None,
    refused_schemes: Collection[str] = (),
) -> EndpointIR:
    """Reduces a rule set to what a device needs.

    Args:
        rule_set: the service's endpoint-rule-set-1.json
        partitions: botocore's partitions.json
        supplied: the rule set's parameters that callers of `resolve` can give, beside the four
            built-in ones; those that the reduced rules still use become keyword arguments
        fixed: values of parameters that are the same for every call
        signing_name: the service's own, if it signs with SigV4; what a rule says about signing is
            then left out where it is just that, in the client's region
        refused_schemes: authentication schemes that become an EndpointError where a rule offers
            no other; else they are named in the Endpoint for the caller to refuse

    Raises:
        EndpointRuleError: the rules use something that is not supported
    """
    scope = _lower_parameters(rule_set["parameters"], supplied, fixed)
    rules = _settle_partition_flags(rule_set["rules"], _find_common_flags(partitions))
    rules = [*_demand_parameters(rule_set["parameters"]), *rules]
    arguments = [value for value in scope.values() if isinstance(value, Variable)]
    pass_ = _Pass(signing_name, frozenset(refused_schemes))
    pass_.types.update((value.name, (value.kind, value.nullable)) for value in arguments)
    reserved = (*MODULES, *OPTION_NAMES.values(), SUFFIX_NAME)
    pass_.types.update((name, ("flag", False)) for name in reserved)
    statements, _ = _lower_rules(rules, scope, Known(), pass_)
    if not statements or not ends(statements[-1]):
        statements += (Raise(Constant("No endpoint found for these parameters")),)
    used = {node.name for node in walk(statements) if isinstance(node, Variable)}
    built_in = {argument.name for argument in BUILT_IN_ARGUMENTS.values()}
    imports = _group_imports(statements)
    return EndpointIR(
        parameters=tuple(
            _lower_parameter(name, value, rule_set["parameters"][name])
            for name, value in scope.items()
            if isinstance(value, Variable) and value.name in used - built_in
        ),
        modules=tuple(module.removeprefix("aws.") for module in imports),
        imports=tuple(
            line for module in imports for line in lay_out_import(module, imports[module])
        ),
        lines=tuple(lay_out(statements)),
    )


def render_endpoint(ir: EndpointIR, environment: jinja2.Environment) -> str:
    """The text of endpoint.py below its header."""
    return environment.get_template("endpoint.py.j2").render(endpoint=ir)


def _lower_parameters(
    parameters: Mapping[str, Any], supplied: Collection[str], fixed: Mapping[str, Any]
) -> dict[str, Expression]:
    scope: dict[str, Expression] = {}
    for name, parameter in parameters.items():
        built_in = parameter.get("builtIn")
        if name in fixed:
            scope[name] = Constant(fixed[name])
        elif built_in in BUILT_IN_ARGUMENTS:
            scope[name] = BUILT_IN_ARGUMENTS[built_in]
        elif name in supplied:
            kind = KINDS[parameter["type"].lower()]
            nullable = "default" not in parameter
            scope[name] = Variable(_avoid_keyword(name_argument(name)), kind, nullable)
        else:
            default = parameter.get("default")
            scope[name] = Constant(BUILT_IN_CONSTANTS.get(built_in, default))
    return scope


def _lower_parameter(name: str, value: Variable, parameter: Mapping[str, Any]) -> ParameterIR:
    annotation = ANNOTATIONS[value.kind]
    if value.nullable:
        return ParameterIR(name, value.name, f"{annotation} | None", "None")
    default = format_value(Constant(parameter["default"]))
    return ParameterIR(name, value.name, annotation, default)


def _demand_parameters(parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rules that refuse to go on without what the rule set calls required."""
    for name, parameter in parameters.items():
        if parameter.get("required") and "default" not in parameter:
            unset = {"fn": "not", "argv": [{"fn": "isSet", "argv": [{"ref": name}]}]}
            yield {"type": "error", "conditions": [unset], "error": f"{name} must be given"}


def _find_common_flags(partitions: Mapping[str, Any]) -> dict[str, bool]:
    """The flags that have the same value in every partition, which no device needs to look up."""
    outputs = [partition["outputs"] for partition in partitions["partitions"]]
    return {
        name: value
        for name, value in outputs[0].items()
        if isinstance(value, bool) and all(output[name] is value for output in outputs)
    }


def _settle_partition_flags(rules: Any, flags: Mapping[str, bool]) -> Any:
    if isinstance(rules, list):
        return [_settle_partition_flags(item, flags) for item in rules]
    if not isinstance(rules, Mapping):
        return rules
    if rules.get("fn") == "getAttr" and rules["argv"][1] in flags:
        return flags[rules["argv"][1]]
    return {key: _settle_partition_flags(value, flags) for key, value in rules.items()}


def _lower_rules(
    rules: Iterable[Mapping[str, Any]], scope: Scope, known: Known, pass_: _Pass
) -> _Lowered:
    """Rules in their order, and what is known where none of them applied: None if one must."""
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
        if not body:
            continue
        statements.extend(guard(trim(conditions, body), body))
        if fallen is None:
            after = _learn(after, conditions)
    return tidy(statements), after


def _lower_outcome(rule: Mapping[str, Any], scope: Scope, known: Known, pass_: _Pass) -> _Lowered:
    match rule["type"]:
        case "tree":
            return _lower_rules(rule["rules"], scope, known, pass_)
        case "error":
            return (Raise(lower_value(rule["error"], scope)),), None
        case "endpoint":
            return (_lower_result(rule["endpoint"], scope, pass_),), None
    raise EndpointRuleError(f"endpoint rule of unknown type {rule['type']!r}")


def _lower_result(endpoint: Mapping[str, Any], scope: Scope, pass_: _Pass) -> Statement:
    schemes = endpoint.get("properties", {}).get("authSchemes", ())
    scheme = next((item for item in schemes if item["name"] in SUPPORTED_SCHEMES), None)
    if scheme is None and schemes:
        scheme = schemes[0]
    if scheme is not None and scheme["name"] in pass_.refused_schemes:
        return Raise(Constant(f"This endpoint needs {scheme['name']} signatures"))
    fields = _lower_scheme(scheme, scope, pass_) if scheme is not None else ()
    headers = tuple(
        # Like botocore, the first of several values is sent.
        (name, lower_value(values[0], scope))
        for name, values in endpoint.get("headers", {}).items()
    )
    return Return(lower_value(endpoint["url"], scope), fields, headers)


def _lower_scheme(
    scheme: Mapping[str, Any], scope: Scope, pass_: _Pass
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
            "signing_region": BUILT_IN_ARGUMENTS["AWS::Region"],
        }
        fields = {name: value for name, value in fields.items() if value != usual[name]}
    if scheme.get("disableDoubleEncoding"):
        fields["disable_double_encoding"] = Constant(True)
    return tuple(fields.items())


def _lower_conditions(
    conditions: Iterable[Mapping[str, Any]], scope: Scope, known: Known, pass_: _Pass
) -> tuple[tuple[Condition, ...], Scope, Known] | None:
    """A rule's open conditions, and what holds behind them. None: the rule never applies."""
    open_conditions: list[Condition] = []
    inner = dict(scope)
    for condition in conditions:
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
    """What can stand for a value without a variable of its own."""
    if not isinstance(value, (Call, Element)):
        return value
    definition = canonical(value)
    for other in scope.values():
        if isinstance(other, Variable) and canonical(other) == definition:
            return other
    return None


def _name_value(name: str, value: Expression, scope: Scope, pass_: _Pass) -> Variable:
    kind = kind_of(value)
    wanted = "part" if kind == "partition" else _avoid_keyword(_name_variable(name))
    typed = (kind, is_nullable(value))
    taken = {other.name for other in scope.values() if isinstance(other, Variable)}
    candidate, number = wanted, 1
    while candidate in taken or pass_.types.setdefault(candidate, typed) != typed:
        number += 1
        candidate = f"{wanted}_{number}"
    return Variable(candidate, kind, nullable=False, definition=value)


def _name_variable(name: str) -> str:
    # A rule set's names say more than a line of code has room for.
    return name_argument(name).removesuffix("_value").replace("availability_zone", "zone")


def _avoid_keyword(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _learn(known: Known, conditions: tuple[Condition, ...]) -> Known | None:
    """What holds after code that always ends where it is entered through these conditions."""
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


def _group_imports(statements: tuple[Statement, ...]) -> dict[str, list[str]]:
    names = {"Endpoint"}
    for node in walk(statements):
        if isinstance(node, Call):
            names.add(node.function)
        elif isinstance(node, Raise):
            names.add("EndpointError")
        elif isinstance(node, Element):
            names.add("text_at")
    modules: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (MODULES[name], name)):
        modules.setdefault(MODULES[name], []).append(name)
    return modules
