"""The compiled endpoint rules against botocore's own resolution of the same rules."""

from __future__ import annotations

import ast
import functools
import hashlib
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import jmespath
import msgspec
import pytest
from aws.endpoint_functions import (
    is_host_label,
    is_virtual_host_bucket,
    parse_arn,
    parse_url,
    substring,
    text_at,
    uri_encode,
)
from aws.endpoints import Endpoint, partition
from aws.errors import EndpointError
from botocore import xform_name
from botocore.endpoint_provider import EndpointProvider, RuleSetStandardLibrary
from botocore.exceptions import EndpointResolutionError
from botocore.loaders import Loader
from edgemote_codegen.endpoints import (
    Binding,
    EndpointIR,
    EndpointRuleError,
    lower_bindings,
    lower_endpoint,
    lower_partitions,
    make_standard_rule_set,
    name_argument,
    render_endpoint,
    render_partitions,
    summarise_bindings,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
NAMED_SERVICES = (
    "sagemaker-edge",
    "iot-jobs-data",
    "iot-data",
    "iot",
    "ssm",
    "secretsmanager",
    "dynamodb",
    "sqs",
    "kinesis",
    "logs",
    "lambda",
    "s3",
)
LOADER = Loader()
PARTITIONS = LOADER.load_data("partitions")
ALL_SERVICES = LOADER.list_available_services("service-2")
# A sample that stays the same from run to run, and has nothing to do with the alphabet.
SAMPLED_SERVICES = sorted(
    set(ALL_SERVICES) - set(NAMED_SERVICES),
    key=lambda name: hashlib.sha256(name.encode()).hexdigest(),
)[:40]
BUILT_IN = {
    "AWS::Region": "region",
    "AWS::UseFIPS": "use_fips",
    "AWS::UseDualStack": "use_dual_stack",
    "SDK::Endpoint": "endpoint_url",
}
REGIONS = [name for item in PARTITIONS["partitions"] for name in item["regions"]]
FEW_REGIONS = ["us-east-1", "us-west-2", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eu-isoe-west-1"]
ODD_REGIONS = [
    None,
    "",
    "us-gov-west-9",
    "xx-nowhere-1",
    "aws-global",
    "aws-cn-global",
    "a b",
    "us-east-",
    "eusc-fr-east-1",
    "us-east_2-1",
    "snow",
]
ENDPOINTS = [None, "https://localhost:8443/x", "http://10.0.0.1", "not a url", "https://h/?q=1"]
# botocore's words for what the rules themselves have no words for.
REQUIRED = ("Cannot find value for required parameter ", "")
ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(ROOT / "codegen/edgemote_codegen/templates"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class Compiled(msgspec.Struct):
    """A service's rules, compiled for all of its operations, beside botocore's reading of them."""

    ir: EndpointIR
    source: str
    resolve: Any
    provider: EndpointProvider
    parameters: dict[str, Any]
    fixed: dict[str, Any]
    supplied: frozenset[str]


@functools.cache
def compile_service(service: str) -> Compiled:
    """The rules with everything that operations and client settings can give."""
    model = LOADER.load_service_model(service, "service-2")
    rule_set = LOADER.load_service_model(service, "endpoint-rule-set-1")
    use = summarise_bindings(
        [list_bindings(model, operation) for operation in model["operations"].values()],
        model.get("clientContextParams", {}),
    )
    supplied = {**use.fixed}
    return compile_rules(rule_set, use.supplied, supplied)


def compile_rules(
    rule_set: dict[str, Any], supplied: frozenset[str], fixed: dict[str, Any]
) -> Compiled:
    ir = lower_endpoint(rule_set, PARTITIONS, supplied=supplied, fixed=fixed)
    source = render_endpoint(ir, ENVIRONMENT)
    space: dict[str, Any] = {}
    exec(compile(source, "endpoint.py", "exec"), space)
    provider = EndpointProvider(rule_set, PARTITIONS)
    parameters = rule_set["parameters"]
    # What the generator takes for granted must be told to botocore in so many words.
    assumed = {
        "AWS::S3::UseArnRegion": True,
        "AWS::S3Control::UseArnRegion": False,
    }
    told = {
        name: assumed[parameter["builtIn"]]
        for name, parameter in parameters.items()
        if parameter.get("builtIn") in assumed and name not in supplied
    }
    return Compiled(
        ir, source, space["resolve"], provider, parameters, {**told, **fixed}, supplied
    )


def list_bindings(model: dict[str, Any], operation: dict[str, Any]) -> tuple[Binding, ...]:
    shape = operation.get("input", {}).get("shape")
    return lower_bindings(operation, model["shapes"].get(shape))


def ask_botocore(compiled: Compiled, arguments: dict[str, Any]) -> Endpoint | str:
    """botocore's endpoint, or the words of its error."""
    values: dict[str, Any] = dict(compiled.fixed)
    for name, parameter in compiled.parameters.items():
        argument = BUILT_IN.get(parameter.get("builtIn"), name)
        if arguments.get(argument) is not None:
            values[name] = arguments[argument]
    try:
        found = compiled.provider.ruleset.evaluate(values)
    except EndpointResolutionError as error:
        return str(error).replace(*REQUIRED) + " must be given" if REQUIRED[0] in str(error) else str(error)
    if found is None:
        return "No endpoint found for these parameters"
    schemes = found.properties.get("authSchemes", [])
    scheme = next((item for item in schemes if item["name"] in ("sigv4", "none")), None)
    scheme = scheme or (schemes[0] if schemes else {})
    regions = ",".join(scheme.get("signingRegionSet", ())) or None
    return Endpoint(
        found.url,
        scheme.get("name"),
        scheme.get("signingName"),
        scheme.get("signingRegion", regions),
        scheme.get("disableDoubleEncoding", False),
        tuple((name, values[0]) for name, values in found.headers.items()),
    )


def ask_compiled(compiled: Compiled, arguments: dict[str, Any]) -> Endpoint | str:
    """The compiled rules' endpoint, or the words of their error."""
    taken = {item.name: item.argument for item in compiled.ir.parameters}
    keywords = {
        taken.get(name, name): value
        for name, value in arguments.items()
        if (name in taken or name in BUILT_IN.values()) and value is not None
    }
    try:
        found: Endpoint = compiled.resolve(keywords.pop("region", None), **keywords)
    except EndpointError as error:
        return str(error)
    return found


def check(compiled: Compiled, arguments: dict[str, Any]) -> None:
    assert ask_compiled(compiled, arguments) == ask_botocore(compiled, arguments), arguments


def vary_options(regions: list[str | None], endpoints: list[str | None]) -> Iterator[dict[str, Any]]:
    for region, fips, dual_stack, url in itertools.product(
        regions, (False, True), (False, True), endpoints
    ):
        yield {
            "region": region,
            "use_fips": fips,
            "use_dual_stack": dual_stack,
            "endpoint_url": url,
        }


def list_given(service: str) -> list[dict[str, Any]]:
    """The sets of fixed values that operations give, once each, and none at all."""
    operations = LOADER.load_service_model(service, "service-2")["operations"].values()
    given = [{}]
    for operation in operations:
        fixed = {
            name: static["value"] for name, static in operation.get("staticContextParams", {}).items()
        }
        if fixed not in given:
            given.append(fixed)
    return given


@pytest.mark.parametrize("service", NAMED_SERVICES)
def test_named_services_resolve_like_botocore(service: str) -> None:
    compiled = compile_service(service)
    for options in vary_options(ODD_REGIONS, ENDPOINTS):
        for given_values in list_given(service):
            check(compiled, {**given_values, **options})
    for options in vary_options(REGIONS, [None]):
        check(compiled, options)


@pytest.mark.parametrize("service", SAMPLED_SERVICES)
def test_sampled_services_resolve_like_botocore(service: str) -> None:
    compiled = compile_service(service)
    for options in vary_options([*FEW_REGIONS, "aws-global", "xx-nowhere-1", None], [None, "http://x"]):
        for given_values in list_given(service):
            check(compiled, {**given_values, **options})


@pytest.mark.conformance
@pytest.mark.parametrize("service", ALL_SERVICES)
def test_every_service_resolves_like_botocore(service: str) -> None:
    compiled = compile_service(service)
    for options in vary_options([*REGIONS, *ODD_REGIONS], ENDPOINTS):
        for given_values in list_given(service):
            check(compiled, {**given_values, **options})


LABELS = st.sampled_from(["a", "data", "123456789012", "my-name", "-bad", "", "a.b", "x" * 64])
ARNS = st.builds(
    "{}:{}:{}:{}:{}:{}{}{}{}{}".format,
    st.sampled_from(["arn", "arn", "arn", "nra"]),
    st.sampled_from(["aws", "aws", "aws", "aws-cn", "aws-iso", ""]),
    st.sampled_from(["kinesis", "s3", "s3-outposts", "s3-object-lambda", "dynamodb", "cloudfront", ""]),
    st.sampled_from(["us-west-2", "us-west-2", "us-east-1", "cn-north-1", "", "a b"]),
    st.sampled_from(["123456789012", "123456789012", "", "a_b"]),
    st.sampled_from(
        ["stream", "channel", "queue", "accesspoint", "outpost", "table", "key-value-store", ""]
    ),
    st.sampled_from(["/", ":", ""]),
    LABELS,
    st.sampled_from(["", "/accesspoint/my-name", ":accesspoint:my-name", "/bucket/b", "/consumer/x:1"]),
    st.sampled_from(["", "/", "/more"]),
)
BUCKETS = st.one_of(
    st.sampled_from(
        [
            "mybucket",
            "my.bucket",
            "MyBucket",
            "my_bucket",
            "10.0.0.1",
            "ab",
            "bücket",
            "a b",
            "arn:",
            "arn:aws:s3",
            "mybucket--usw2-az1--x-s3",
            "mybucket--test-zone--x-s3",
            "mybucket--test1-zone1-az1--x-s3",
            "name--usw2-az1--xa-s3",
            "bad.name--usw2-az1--x-s3",
            "p--x-s3",
            "alias-abcdefghijklmnopqrstuvwxyz0123e0b1234567890--op-s3",
            "alias-abcdefghijklmnopqrstuvwxyz0123o01234567890--op-s3",
        ]
    ),
    ARNS,
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, categories=["L", "P", "Nd"]), max_size=80),
)
STREAM_IDS = st.sampled_from(["a" * 20 + "-abc", "a" * 24, "short", "a" * 20 + "-ab", ""])
TEXTS = st.one_of(ARNS, BUCKETS, STREAM_IDS, LABELS)


def draw_arguments(data: st.DataObject, service: str, compiled: Compiled) -> dict[str, Any]:
    """Values for every parameter, with a leaning to those that reach deep into the rules."""
    regions = st.sampled_from(["us-west-2", "us-west-2", *FEW_REGIONS, *ODD_REGIONS])
    arguments: dict[str, Any] = {
        "region": data.draw(regions),
        "use_fips": data.draw(st.booleans()),
        "use_dual_stack": data.draw(st.booleans()),
        "endpoint_url": data.draw(st.sampled_from([None, None, *ENDPOINTS, "https://a.b//c/../d/"])),
    }
    arguments.update(data.draw(st.sampled_from(list_given(service))))
    for name in sorted(compiled.supplied - set(arguments)):
        parameter = compiled.parameters.get(name)
        if parameter is None:
            continue
        strategy = {
            "string": BUCKETS if name == "Bucket" else TEXTS,
            "boolean": st.booleans(),
            "stringarray": st.lists(TEXTS, max_size=2).map(tuple),
        }[parameter["type"].lower()]
        arguments[name] = data.draw(st.none() | strategy)
    return arguments


@pytest.mark.parametrize("service", ["kinesis", "dynamodb", "s3", "s3control"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_operation_parameters_resolve_like_botocore(service: str, data: st.DataObject) -> None:
    compiled = compile_service(service)
    check(compiled, draw_arguments(data, service, compiled))


@pytest.mark.conformance
@pytest.mark.parametrize(
    "service",
    [
        *("acm", "arc-region-switch", "cloudfront-keyvaluestore", "dynamodb", "dynamodbstreams"),
        *("eventbridgev2", "events", "kinesis", "neptune-graph", "opensearchmemory", "s3"),
        *("s3control", "sesv2", "signin", "sts", "wellarchitected"),
    ],
)
@settings(max_examples=5000, deadline=None)
@given(data=st.data())
def test_every_parameter_resolves_like_botocore(service: str, data: st.DataObject) -> None:
    """With all of a rule set's parameters supplied, an account id too: nothing is folded away."""
    compiled = compile_whole(service)
    check(compiled, draw_arguments(data, service, compiled))


@functools.cache
def compile_whole(service: str) -> Compiled:
    rule_set = LOADER.load_service_model(service, "endpoint-rule-set-1")
    names = {
        name
        for name, parameter in rule_set["parameters"].items()
        if parameter.get("builtIn") not in BUILT_IN
    }
    return compile_rules(rule_set, frozenset(names), {})
