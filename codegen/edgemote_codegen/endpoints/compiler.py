"""Endpoint rules: from botocore's endpoint-rule-set-1.json to a small Python function.

rule set -> statements (constants folded, tests answered) -> lines -> template -> `resolve`

What a device never supplies (an account id, say) counts as unset, so that the rules about it
vanish; what every chosen operation fixes is a constant. The function gives what
botocore.endpoint_provider gives for the same parameters, with the choice among authentication
schemes already made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import jinja2
import msgspec

from .conditions import Known
from .expressions import Call, Constant, Element, Variable, walk
from .layout import lay_out, lay_out_default, lay_out_import, lay_out_texts
from .parameters import (
    BUILT_IN_ARGUMENTS,
    EVERYTHING,
    ParameterIR,
    Reduction,
    demand_parameters,
    find_defaults,
    lower_parameter,
    lower_parameters,
    reduce_built_ins,
)
from .rules import BUCKET_KINDS, Pass, lower_rules
from .statements import OPTION_NAMES, SUFFIX_NAME, Import, Raise, Statement, ends

# Name in the rules' code -> its module on the device.
MODULES = {
    "Endpoint": "endpoints",
    "EndpointError": "errors",
    "partition": "partitions",
    "is_host_label": "endpoint_functions",
    "is_virtual_host_bucket": "endpoint_functions",
    "parse_arn": "endpoint_functions",
    "parse_url": "endpoint_functions",
    "substring": "endpoint_functions",
    "text_at": "endpoint_functions",
    "uri_encode": "endpoint_functions",
}


# Loaded on first use: a client with a custom endpoint never needs it.
LATE_MODULE = "partitions"


class EndpointIR(msgspec.Struct, frozen=True):
    """The body of a service's endpoint.py, and the static modules of `aws` that it needs."""

    reduction: Reduction
    parameters: tuple[ParameterIR, ...]
    modules: tuple[str, ...]
    imports: tuple[str, ...]
    flags: dict[str, bool]
    """defaults of the options"""
    default_lines: tuple[str, ...]
    """values of built-in strings that are not set"""
    region_lines: tuple[str, ...]
    """the table of known regions"""
    lines: tuple[str, ...]


def lower_endpoint(
    rule_set: Mapping[str, Any],
    partitions: Mapping[str, Any],
    *,
    supplied: Collection[str] = (),
    fixed: Mapping[str, Any] = {},
    signing_name: str | None = None,
    refused_schemes: Collection[str] = (),
    reduction: Reduction = EVERYTHING,
) -> EndpointIR:
    """Reduce a rule set to what a device needs.

    Args:
        rule_set: the service's endpoint-rule-set-1.json
        partitions: botocore's partitions.json
        supplied: the rule set's parameters that callers of `resolve` can give, besides the four
            built-in ones; those that the reduced rules still use become keyword arguments
        fixed: values of parameters that are the same for every call
        signing_name: the service's own, if it signs with SigV4; what a rule says about signing is
            then left out where it is just that, in the client's region
        refused_schemes: authentication schemes that become an EndpointError where a rule offers
            no other; else they are named in the Endpoint for the caller to refuse
        reduction: what `resolve` will be asked for; it refuses all else

    Raises:
        EndpointRuleError: the rules use something that is not supported
    """
    built_ins = reduce_built_ins(reduction, partitions)
    scope = lower_parameters(rule_set["parameters"], supplied, fixed, built_ins)
    rules = _settle_partition_flags(rule_set["rules"], _find_common_flags(partitions))
    rules = [*demand_parameters(rule_set["parameters"], scope), *rules]
    arguments = [value for value in scope.values() if isinstance(value, Variable)]
    left_out = [kind for kind in BUCKET_KINDS if not getattr(reduction, kind)]
    pass_ = Pass(signing_name, frozenset(refused_schemes), left_out=left_out)
    if "Region" not in supplied and "Region" not in fixed:
        pass_.region = scope.get("Region", BUILT_IN_ARGUMENTS["AWS::Region"])
    pass_.types.update((value.name, (value.kind, value.nullable)) for value in arguments)
    reserved = (*MODULES, *OPTION_NAMES.values(), SUFFIX_NAME)
    pass_.types.update((name, ("flag", False)) for name in reserved)
    statements, _ = lower_rules(rules, scope, Known(), pass_)
    if not statements or not ends(statements[-1]):
        statements += (Raise(Constant("No endpoint found for these parameters")),)
    used = {node.name for node in walk(statements) if isinstance(node, Variable)}
    built_in = {argument.name for argument in BUILT_IN_ARGUMENTS.values()}
    defaults = find_defaults(rule_set["parameters"], scope)
    refuses = bool(reduction.regions) or not (reduction.fips and reduction.dual_stack)
    imports = _group_imports(statements, refuses=refuses)
    statements = _load_late(statements)
    return EndpointIR(
        reduction=reduction,
        parameters=tuple(
            lower_parameter(name, value, rule_set["parameters"][name])
            for name, value in scope.items()
            if isinstance(value, Variable) and value.name in used - built_in
        ),
        modules=tuple(imports),
        imports=tuple(
            line
            for module, names in imports.items()
            if module != LATE_MODULE
            for line in lay_out_import(f"..{module}", names)
        ),
        flags={name: defaults.get(name) is True for name in OPTION_NAMES},
        default_lines=tuple(
            line
            for name, default in defaults.items()
            if name not in OPTION_NAMES
            for line in lay_out_default(name, str(default))
        ),
        region_lines=tuple(lay_out_texts("REGIONS", reduction.regions)),
        lines=tuple(lay_out(statements)),
    )


def render_endpoint(ir: EndpointIR, environment: jinja2.Environment) -> str:
    """The text of endpoint.py below its header."""
    return environment.get_template("endpoint.py.j2").render(endpoint=ir)


def _find_common_flags(partitions: Mapping[str, Any]) -> dict[str, bool]:
    """The flags with the same value in every partition, which need no lookup on the device."""
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
    if rules.get("fn") == "getAttr" and rules["argv"][1] in flags and "assign" not in rules:
        return flags[rules["argv"][1]]
    return {key: _settle_partition_flags(value, flags) for key, value in rules.items()}


def _load_late(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    for position, statement in enumerate(statements):
        names = {node.function for node in walk(statement) if isinstance(node, Call)}
        late = sorted(name for name in names if MODULES[name] == LATE_MODULE)
        if late:
            imports = tuple(Import(f"..{LATE_MODULE}", name) for name in late)
            return (*statements[:position], *imports, *statements[position:])
    return statements


def _group_imports(statements: tuple[Statement, ...], *, refuses: bool) -> dict[str, list[str]]:
    names = {"Endpoint", "EndpointError"} if refuses else {"Endpoint"}
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
