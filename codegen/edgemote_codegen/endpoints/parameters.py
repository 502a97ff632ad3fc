"""Parameters of a rule set: those that `resolve` takes, and the values of the others."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from ..errors import EndpointRuleError
from .bindings import name_argument
from .expressions import Constant, Expression, Kind, Region, Scope, Variable
from .layout import format_value
from .partitions import lower_partitions

# Built-in values that `resolve` always takes, with their keyword in its signature.
BUILT_IN_ARGUMENTS = {
    "AWS::Region": Variable("region", "text", nullable=True),
    "AWS::UseFIPS": Variable("use_fips", "flag", nullable=False),
    "AWS::UseDualStack": Variable("use_dual_stack", "flag", nullable=False),
    "SDK::Endpoint": Variable("endpoint_url", "text", nullable=True),
}
# Built-in values that the device does not supply: botocore's defaults, except UseGlobalEndpoint, as
# the regional host is better for a client that knows its region.
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


class Reduction(msgspec.Struct, frozen=True):
    """The use of a client, as far as it is known when it is generated.

    `regions` are all regions it is used in, none meaning any; without `fips` or `dual_stack`, it is
    not used with such endpoints; without `arns` or `bucket_aliases`, no bucket of S3 will be
    an ARN, or the alias of one on an Outpost or in S3 Express, and what is one is refused.
    """

    regions: tuple[str, ...] = ()
    fips: bool = True
    dual_stack: bool = True
    arns: bool = True
    bucket_aliases: bool = True


EVERYTHING = Reduction()


class ParameterIR(msgspec.Struct, frozen=True):
    """A parameter of `resolve`, in addition to the four that it always has.

    `name` is the rule set's. Callers omit a value that is not set instead of passing None.
    """

    name: str
    argument: str
    annotation: str
    default: str


def lower_parameters(
    parameters: Mapping[str, Any],
    supplied: Collection[str],
    fixed: Mapping[str, Any],
    built_in_values: Mapping[str, Expression] = BUILT_IN_ARGUMENTS,
) -> dict[str, Expression]:
    """The meaning of each name in the rules: an argument of `resolve`, or a constant."""
    scope: dict[str, Expression] = {}
    for name, parameter in parameters.items():
        built_in = parameter.get("builtIn")
        kind = KINDS[parameter["type"].lower()]
        default = read_default(name, parameter)
        if name in fixed:
            scope[name] = Constant(fixed[name])
        elif built_in in built_in_values:
            value = built_in_values[built_in]
            if default is not None and isinstance(value, Variable):
                value = msgspec.structs.replace(value, nullable=False)
            scope[name] = value
        elif name in supplied:
            scope[name] = Variable(avoid_keyword(name_argument(name)), kind, default is None)
        else:
            scope[name] = Constant(BUILT_IN_CONSTANTS.get(built_in, default))
    return scope


def read_default(name: str, parameter: Mapping[str, Any]) -> str | bool | tuple[str, ...] | None:
    """The value of a parameter that is not set. Raises EndpointRuleError for an unknown type."""
    default = parameter.get("default")
    kind = KINDS[parameter["type"].lower()]
    fits = isinstance(default, {"text": str, "flag": bool, "texts": list}[kind])
    if default is None or fits:
        return tuple(default) if isinstance(default, list) else default
    raise EndpointRuleError(
        f"parameter {name!r} is of type {parameter['type']}, but its default is {default!r}"
    )


def find_defaults(
    parameters: Mapping[str, Any], scope: Scope
) -> dict[str, str | bool | tuple[str, ...]]:
    """The built-in arguments of `resolve` whose default is neither False nor None."""
    return {
        value.name: default
        for name, parameter in parameters.items()
        if parameter.get("builtIn") in BUILT_IN_ARGUMENTS
        and isinstance(value := scope[name], Variable)
        and (default := read_default(name, parameter)) not in (None, False)
    }


def reduce_built_ins(reduction: Reduction, partitions: Mapping[str, Any]) -> dict[str, Expression]:
    """The built-in values, as far as they are known. Raises EndpointRuleError for a region that is
    in no partition.
    """
    values: dict[str, Expression] = dict(BUILT_IN_ARGUMENTS)
    if reduction.regions:
        rows = lower_partitions(partitions)
        names = [partition["regions"] for partition in partitions["partitions"]]
        known: list[Region] = []
        for region in reduction.regions:
            row = next((row for row, own in zip(rows, names, strict=True) if region in own), None)
            if row is None:
                raise EndpointRuleError(f"region {region!r} is in no partition")
            known.append(Region(region, row))
        values["AWS::Region"] = Variable("region", "text", nullable=False, regions=tuple(known))
    if not reduction.fips:
        values["AWS::UseFIPS"] = Constant(False)
    if not reduction.dual_stack:
        values["AWS::UseDualStack"] = Constant(False)
    return values


def lower_parameter(name: str, value: Variable, parameter: Mapping[str, Any]) -> ParameterIR:
    """The argument of `resolve` for a parameter."""
    annotation = ANNOTATIONS[value.kind]
    if value.nullable:
        return ParameterIR(name, value.name, f"{annotation} | None", "None")
    default = format_value(Constant(read_default(name, parameter)))
    return ParameterIR(name, value.name, annotation, default)


def demand_parameters(parameters: Mapping[str, Any], scope: Scope) -> Iterator[dict[str, Any]]:
    """Rules that raise an error if a required parameter is not set."""
    for name, parameter in parameters.items():
        if parameter.get("required") and parameter.get("default") is None:
            unset = {"fn": "not", "argv": [{"fn": "isSet", "argv": [{"ref": name}]}]}
            value = scope[name]
            argument = value.name if isinstance(value, Variable) else name
            yield {"type": "error", "conditions": [unset], "error": f"{argument} must be given"}


def avoid_keyword(name: str) -> str:
    """The name as an identifier that is not a keyword."""
    return f"{name}_" if keyword.iskeyword(name) else name
