"""The compiled endpoint rules against botocore's own resolution of the same rules."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import jinja2
import jmespath
import msgspec
import pytest
from botocore import xform_name
from botocore.endpoint_provider import EndpointProvider, RuleSetStandardLibrary
from botocore.exceptions import EndpointResolutionError
from botocore.loaders import Loader
from botocore.utils import ensure_boolean
from hypothesis import given, settings
from hypothesis import strategies as st

from aws import endpoint_functions
from aws.endpoints import Endpoint
from aws.errors import EndpointError
from aws.partitions import partition
from edgemote_codegen.endpoints import (
    EVERYTHING,
    Binding,
    EndpointIR,
    EndpointRuleError,
    Reduction,
    lower_bindings,
    lower_endpoint,
    lower_partitions,
    make_standard_rule_set,
    name_argument,
    render_endpoint,
    render_partitions,
    summarise_bindings,
)
from edgemote_codegen.formatting import format_files
from edgemote_codegen.lowering import REFUSED_SCHEMES

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
FEW_REGIONS = [
    "us-east-1",
    "us-west-2",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "eu-isoe-west-1",
]
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
STATIC = ROOT / "codegen/edgemote_codegen/static"
ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(ROOT / "codegen/edgemote_codegen/templates"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def load_module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Compiled(msgspec.Struct):
    """A service's rules, compiled for all of its operations, beside botocore's reading of them."""

    ir: EndpointIR
    source: str
    resolve: Any
    provider: EndpointProvider
    parameters: dict[str, Any]
    fixed: dict[str, Any]
    """what botocore has to be told: `constants`, and what the generator takes for granted"""
    constants: dict[str, Any]
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
    return compile_rules(rule_set, use.supplied, dict(use.fixed))


def compile_rules(
    rule_set: dict[str, Any], supplied: frozenset[str], fixed: dict[str, Any]
) -> Compiled:
    ir = lower_endpoint(rule_set, PARTITIONS, supplied=supplied, fixed=fixed)
    source = render_endpoint(ir, ENVIRONMENT)
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
        ir, source, execute(source), provider, parameters, {**told, **fixed}, fixed, supplied
    )


def execute(source: str) -> Any:
    space: dict[str, Any] = {"__package__": "aws.service"}
    exec(compile(source, "endpoint.py", "exec"), space)
    return space["resolve"]


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
        if found_name := re.search(r"required parameter (\w+)", str(error)):
            return f"{name_argument(found_name[1])} must be given"
        # Two rule sets read a region that they have not asked for; botocore then stumbles.
        return "region must be given" if "not <class 'NoneType'>" in str(error) else str(error)
    except KeyError as error:
        return f"{name_argument(error.args[0])} must be given"
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
        ensure_boolean(scheme.get("disableDoubleEncoding", False)),
        tuple(
            (name.lower(), ", ".join(values)) for name, values in found.headers.items() if values
        ),
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


def vary_options(
    regions: list[str | None], endpoints: list[str | None]
) -> Iterator[dict[str, Any]]:
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
            name: static["value"]
            for name, static in operation.get("staticContextParams", {}).items()
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
    for options in vary_options(
        [*FEW_REGIONS, "aws-global", "xx-nowhere-1", None], [None, "http://x"]
    ):
        for given_values in list_given(service):
            check(compiled, {**given_values, **options})


@pytest.mark.conformance
@pytest.mark.parametrize("service", ALL_SERVICES)
def test_every_service_resolves_like_botocore(service: str) -> None:
    compiled = compile_service(service)
    for options in vary_options([*REGIONS, *ODD_REGIONS], ENDPOINTS):
        for given_values in list_given(service):
            check(compiled, {**given_values, **options})


def lean(random: Random, usual: list[Any], odd: Sequence[Any]) -> Any:
    """Mostly a usual value: one odd thing at a time is what gets deep into the rules."""
    return random.choice(odd) if odd and random.random() < 0.12 else random.choice(usual)


ARN_SERVICES = {
    "kinesis": ["kinesis"],
    "s3": ["s3", "s3", "s3-outposts", "s3-object-lambda"],
    "s3control": ["s3-outposts", "s3-outposts", "s3"],
    "cloudfront-keyvaluestore": ["cloudfront"],
    "eventbridgev2": ["eventsv2", "events"],
}
ARN_RESOURCES = {
    "kinesis": ["stream/dock", "channel/dock", "queue/dock", "stream/dock/consumer/x:1"],
    "s3": [
        "accesspoint/my-name",
        "accesspoint:my-name",
        "accesspoint/m.mrap",
        "outpost/op-01/accesspoint/my-name",
        "outpost:op-01:accesspoint:my-name",
    ],
    "s3control": [
        "outpost/op-01/accesspoint/my-name",
        "outpost/op-01/bucket/b",
        "outpost:op-01:bucket:b",
    ],
    "cloudfront-keyvaluestore": ["key-value-store/id"],
    "eventbridgev2": ["event-bus/b"],
}
ODD_RESOURCES = (
    *("channel", "queue"),
    *(
        "",
        "/",
        "a",
        "stream",
        "stream/",
        "/x",
        "channel/a b",
        "queue/-",
        "accesspoint",
        "accesspoint/",
    ),
    *(
        "accesspoint/a_b",
        "accesspoint/a/b",
        "accesspoint/a.-b",
        "outpost",
        "outpost/o_p/accesspoint/n",
    ),
    *("outpost/op-01", "outpost/op-01/accesspoint", "outpost/op-01/wish/n", "outpost/op-01/bucket"),
    *(
        "outpost/op-01/accesspoint/n/more",
        "outpost/op-01/accesspoint/a_b",
        "key-value-store",
        "wish/x",
    ),
)


def make_arn(random: Random, service: str) -> str:
    resources = ARN_RESOURCES.get(service, ["table/t", "table/t/stream/x"])
    parts = (
        lean(random, ["arn"], ["nra"]),
        lean(random, ["aws"], ["aws-cn", "aws-iso", ""]),
        lean(random, ARN_SERVICES.get(service, ["dynamodb"]), ["sqs", ""]),
        lean(random, ["us-west-2"], ["", "a b", "us-east-1", "cn-north-1", "us-iso-east-1"]),
        lean(random, ["123456789012"], ["", "a_b"]),
        lean(random, resources, ODD_RESOURCES),
    )
    return ":".join(parts)


BUCKETS = (
    *("mybucket", "my.bucket", "MyBucket", "my_bucket", "10.0.0.1", "ab", "bücket", "a b", "arn:"),
    *("arn:aws:s3", "arn:aws:s3:::b", "bad.name--usw2-az1--x-s3", "p--x-s3", "n--abc--xa-s3"),
    *(
        f"name--{'z' * length}--{suffix}-s3"
        for length in (8, 9, 13, 14, 20)
        for suffix in ("x", "xa")
    ),
    *(
        f"n{hardware}{outpost:_<17}{'w' * 20}{region}0--op-s3".replace("_", fill)
        for hardware in ("o", "e", "x")
        for outpost in ("01",)
        for region in ("usea", "beta")
        for fill in ("0", "_")
    ),
)
STREAM_IDS = ("a" * 20 + "-abc", "a" * 24, "short", "a" * 20 + "-ab", "")
NAMED_VALUES: dict[str, tuple[str, ...]] = {
    "AccountId": ("123456789012", "a_b", ""),
    "AccountIdEndpointMode": ("preferred", "required", "disabled"),
    "ApiType": ("ControlPlane", "DataPlane", "x"),
    "EndpointId": ("abc123.456def", "a_b", ""),
    "OperationType": ("control", "data"),
    "OutpostId": ("op-0123", "o_p"),
    "ResourceType": ("queue", "stream", ""),
    "ServiceType": ("ACM", "ACM-ACME", "x"),
    "SpaceId": ("s-1", "a_b"),
    "StreamId": STREAM_IDS,
    "SubServiceType": ("AGENT", "x"),
}


def make_text(random: Random, service: str, name: str) -> str:
    if name in NAMED_VALUES:
        return random.choice(NAMED_VALUES[name])
    if name in ("Bucket", "AccessPointName") and random.random() < 0.5:
        return random.choice(BUCKETS)
    return make_arn(random, service)


def make_arguments(random: Random, service: str, compiled: Compiled) -> dict[str, Any]:
    """Values for every parameter, with a leaning to those that reach deep into the rules."""
    odd_endpoints = ["https://abcdefg-vpce1.h", "http://-vpce1.h", "https://a.b//c/../d/"]
    regions = [*["us-west-2"] * 4, *FEW_REGIONS, "aws-global", "me-south-1"]
    arguments: dict[str, Any] = {
        "region": lean(random, regions, ODD_REGIONS),
        "use_fips": random.random() < 0.3,
        "use_dual_stack": random.random() < 0.3,
        "endpoint_url": lean(random, [None, None, *ENDPOINTS[:3]], [*ENDPOINTS, *odd_endpoints]),
    }
    arguments.update(random.choice(list_given(service)))
    used = {item.name for item in compiled.ir.parameters} - set(arguments)
    kinds = {name: compiled.parameters[name]["type"].lower() for name in sorted(used)}
    # Most rules look at one resource, so mostly one of them is set.
    resources = [name for name, kind in kinds.items() if kind != "boolean" and name not in SETTINGS]
    chosen = lean(random, [[name] for name in resources] or [[]], [resources, []])
    for name, kind in kinds.items():
        if kind == "boolean":
            arguments[name] = lean(random, [None], [False, True, True])
        elif name not in chosen and (name not in SETTINGS or random.random() < 0.2):
            continue
        elif kind == "string":
            arguments[name] = make_text(random, service, name)
        else:
            arguments[name] = (make_arn(random, service), make_arn(random, service))[
                : random.choice((0, 1, 2))
            ]
    return arguments


SETTINGS = ("AccountId", "AccountIdEndpointMode", "OperationType", "ResourceType")


@pytest.mark.parametrize("service", ["kinesis", "dynamodb", "s3", "s3control"])
@settings(max_examples=250, deadline=None)
@given(random=st.randoms(use_true_random=True))
def test_operation_parameters_resolve_like_botocore(service: str, random: Random) -> None:
    compiled = compile_service(service)
    check(compiled, make_arguments(random, service, compiled))


def list_parametric_services() -> list[str]:
    """Those whose rules ask for more than region, options and endpoint."""
    return [
        service
        for service in ALL_SERVICES
        for rule_set in [LOADER.load_service_model(service, "endpoint-rule-set-1")]
        if any(item.get("builtIn") not in BUILT_IN for item in rule_set["parameters"].values())
    ]


def test_services_with_parameters_of_their_own_are_known() -> None:
    """A new one wants values in NAMED_VALUES that get deep into its rules."""
    assert list_parametric_services() == list(PARAMETRIC_SERVICES)


PARAMETRIC_SERVICES = (
    *("acm", "arc-region-switch", "cloudfront-keyvaluestore", "dynamodb", "dynamodbstreams"),
    *("eventbridgev2", "events", "kinesis", "neptune-graph", "opensearchmemory", "s3"),
    *("s3control", "sesv2", "signin", "sts", "wellarchitected"),
)


@pytest.mark.conformance
@pytest.mark.parametrize("service", PARAMETRIC_SERVICES)
@settings(max_examples=6000, deadline=None)
@given(random=st.randoms(use_true_random=True))
def test_every_parameter_resolves_like_botocore(service: str, random: Random) -> None:
    """With all of a rule set's parameters supplied, an account id too: nothing is folded away."""
    compiled = compile_whole(service)
    check(compiled, make_arguments(random, service, compiled))


@functools.cache
def compile_whole(service: str) -> Compiled:
    rule_set = LOADER.load_service_model(service, "endpoint-rule-set-1")
    names = {
        name
        for name, parameter in rule_set["parameters"].items()
        if parameter.get("builtIn") not in BUILT_IN
    }
    return compile_rules(rule_set, frozenset(names), {})


@functools.lru_cache(maxsize=16)
def compile_client(service: str, reduction: Reduction = EVERYTHING) -> Compiled:
    """The rules as the generator compiles them: short, and reduced."""
    whole = compile_service(service)
    metadata = LOADER.load_service_model(service, "service-2")["metadata"]
    ir = lower_endpoint(
        LOADER.load_service_model(service, "endpoint-rule-set-1"),
        PARTITIONS,
        supplied=whole.supplied,
        fixed=whole.constants,
        signing_name=metadata.get("signingName", metadata["endpointPrefix"]),
        refused_schemes=REFUSED_SCHEMES,
        reduction=reduction,
    )
    source = render_endpoint(ir, ENVIRONMENT)
    return msgspec.structs.replace(whole, ir=ir, source=source, resolve=execute(source))


def check_client(service: str, reduction: Reduction, arguments: dict[str, Any]) -> None:
    """What was left out is refused, all else is answered as by botocore."""
    compiled = compile_client(service, reduction)
    found = ask_compiled(compiled, arguments)
    left_out = (
        (bool(reduction.regions) and arguments["region"] not in reduction.regions)
        or (not reduction.fips and arguments["use_fips"])
        or (not reduction.dual_stack and arguments["use_dual_stack"])
    )
    if left_out:
        assert isinstance(found, str)
        assert found.startswith("This client was generated "), arguments
        return
    bucket = arguments.get("Bucket") or ""
    is_arn = not reduction.arns and endpoint_functions.parse_arn(bucket) is not None
    is_alias = not reduction.bucket_aliases and bucket.endswith(("--op-s3", "--x-s3", "--xa-s3"))
    # Rules of s3control may never look at the bucket.
    if service == "s3" and (is_arn or (is_alias and len(bucket) >= 50)):
        assert isinstance(found, str), arguments
    if isinstance(found, str) and found.startswith("This client was generated "):
        assert ("--no-arns" in found and is_arn) or ("--no-bucket-aliases" in found and is_alias)
        return
    expected = ask_botocore(compiled, arguments)
    if isinstance(expected, Endpoint) and expected.auth_scheme in REFUSED_SCHEMES:
        expected = f"This endpoint needs {expected.auth_scheme} signatures"
    if isinstance(expected, str) and isinstance(found, str) and found.startswith("This endpoint"):
        return  # where the scheme is refused, what else is wrong does not matter
    assert complete(service, found, arguments) == complete(service, expected, arguments), arguments


def complete(service: str, found: Endpoint | str, arguments: dict[str, Any]) -> Endpoint | str:
    """With what a client takes from the model where the endpoint leaves it open."""
    if isinstance(found, str):
        return found
    metadata = LOADER.load_service_model(service, "service-2")["metadata"]
    return msgspec.structs.replace(
        found,
        auth_scheme=found.auth_scheme or "sigv4",
        signing_name=found.signing_name or metadata.get("signingName", metadata["endpointPrefix"]),
        signing_region=found.signing_region or arguments["region"],
    )


REDUCTIONS = [
    EVERYTHING,
    Reduction(("us-west-2",), fips=False, dual_stack=False),
    Reduction(("us-east-1",)),
    Reduction(("us-west-2", "eu-west-1"), dual_stack=False),
    Reduction(("us-west-2", "cn-north-1", "us-gov-west-1")),
    Reduction(("us-iso-east-1", "aws-global"), fips=False),
    Reduction(fips=False),
    Reduction(dual_stack=False),
    Reduction(fips=False, dual_stack=False),
    Reduction(arns=False),
    Reduction(bucket_aliases=False),
    Reduction(("us-west-2",), fips=False, dual_stack=False, arns=False, bucket_aliases=False),
]


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_reduced_rules_resolve_like_botocore(reduction: Reduction) -> None:
    for service in (*NAMED_SERVICES, *SAMPLED_SERVICES):
        regions = [*reduction.regions, *FEW_REGIONS[:2], None]
        for options in vary_options(regions, [None, "http://x"]):
            for given_values in list_given(service):
                check_client(service, reduction, {**given_values, **options})


@pytest.mark.conformance
@pytest.mark.parametrize("service", ALL_SERVICES)
def test_every_service_reduced_resolves_like_botocore(service: str) -> None:
    """Reduced to each region alone, and in all other ways."""
    for reduction in (*REDUCTIONS, *(Reduction((region,)) for region in REGIONS)):
        regions = [*(reduction.regions or REGIONS), "us-west-1", None]
        for options in vary_options(regions, [None, *ENDPOINTS[1:3]]):
            for given_values in list_given(service):
                check_client(service, reduction, {**given_values, **options})


@pytest.mark.parametrize("service", ["dynamodb", "s3", "s3control"])
@settings(max_examples=100, deadline=None)
@given(random=st.randoms(use_true_random=True), reduction=st.sampled_from(REDUCTIONS))
def test_reduced_rules_take_parameters_like_botocore(
    service: str, reduction: Reduction, random: Random
) -> None:
    check_client(service, reduction, make_client_arguments(random, service, reduction))


@pytest.mark.conformance
@pytest.mark.parametrize("service", PARAMETRIC_SERVICES)
@settings(max_examples=3000, deadline=None)
@given(random=st.randoms(use_true_random=True), reduction=st.sampled_from(REDUCTIONS))
def test_every_parameter_is_taken_by_reduced_rules(
    service: str, reduction: Reduction, random: Random
) -> None:
    check_client(service, reduction, make_client_arguments(random, service, reduction))


def make_client_arguments(random: Random, service: str, reduction: Reduction) -> dict[str, Any]:
    """Mostly of what the client was generated for."""
    arguments = make_arguments(random, service, compile_service(service))
    if random.random() < 0.9:
        arguments["region"] = random.choice(reduction.regions or [arguments["region"]])
        arguments["use_fips"] &= reduction.fips
        arguments["use_dual_stack"] &= reduction.dual_stack
    return arguments


def test_reduced_rules_are_short() -> None:
    reduction = Reduction(("us-west-2",), fips=False, dual_stack=False)
    edge = compile_client("sagemaker-edge", reduction).ir
    assert edge.lines == (
        "    if endpoint_url is not None:",
        "        return Endpoint(endpoint_url)",
        '    return Endpoint("https://edge.sagemaker.us-west-2.amazonaws.com")',
    )
    assert edge.modules == ("endpoints", "errors")
    in_china = Reduction(("cn-north-1", "cn-northwest-1"), fips=False)
    assert compile_client("sagemaker-edge", in_china).ir.lines[:3] == (
        "    if endpoint_url is None:",
        '        dual_stack = "api.amazonwebservices" if use_dual_stack else "amazonaws"',
        '        return Endpoint(f"https://edge.sagemaker.{region}.{dual_stack}.com.cn")',
    )


@pytest.mark.parametrize(
    ("option", "bucket", "words"),
    [
        ("arns", "arn:aws:s3:us-west-2:123456789012:accesspoint/a", "the bucket is an ARN"),
        (
            "bucket_aliases",
            "o".rjust(20, "a").ljust(46, "0") + "--op-s3",
            "the bucket is on an Outpost",
        ),
    ],
)
def test_a_bucket_of_a_form_that_was_left_out_is_refused_with_its_option(
    option: str, bucket: str, words: str
) -> None:
    whole = compile_client("s3")
    without = compile_client("s3", Reduction(**{option: False}))
    assert len(without.source) < len(whole.source)
    arguments = {"region": "us-west-2", "Bucket": bucket}
    flag = option.replace("_", "-")
    assert "--no-" not in str(ask_compiled(whole, arguments))
    refusal = ask_compiled(without, arguments)
    assert isinstance(refusal, str)
    assert refusal.startswith(f"This client was generated with --no-{flag}, which is the default ")
    assert words in refusal
    assert refusal.endswith(
        f"regenerate it without that option, or with {option} = true in [tool.edgemote]"
    )
    named = {"region": "us-west-2", "Bucket": "bucket"}
    assert ask_compiled(without, named) == ask_compiled(whole, named)


def test_a_bucket_that_is_refused_anyway_is_refused_for_that() -> None:
    """Another client could not sign for it either."""
    rule_set = LOADER.load_service_model("s3", "endpoint-rule-set-1")
    for reduction in (EVERYTHING, Reduction(bucket_aliases=False)):
        ir = lower_endpoint(
            rule_set,
            PARTITIONS,
            supplied=("Bucket",),
            refused_schemes=REFUSED_SCHEMES,
            reduction=reduction,
        )
        with pytest.raises(
            EndpointError, match=r"^This endpoint needs sigv4-s3express signatures$"
        ):
            execute(render_endpoint(ir, ENVIRONMENT))("us-west-2", bucket="b--usw2-az1--x-s3")


def test_rules_of_one_region_and_named_buckets_are_a_third() -> None:
    region = {"regions": ("us-west-2",), "fips": False, "dual_stack": False}
    lean_rules = Reduction(**region, arns=False, bucket_aliases=False)
    whole, without = (
        compile_client("s3", item).source for item in (Reduction(**region), lean_rules)
    )
    assert len(without) * 5 < len(whole) * 2


def test_a_region_of_no_partition_is_refused() -> None:
    with pytest.raises(EndpointRuleError, match="'xx-nowhere-1' is in no partition"):
        compile_client("sagemaker-edge", Reduction(("xx-nowhere-1",)))


def test_standard_rules_become_readable_code() -> None:
    assert compile_service("sagemaker-edge").ir.lines == (
        "    if endpoint_url is not None:",
        "        if use_fips:",
        "            raise EndpointError("
        '"Invalid Configuration: FIPS and custom endpoint are not supported")',
        "        if use_dual_stack:",
        "            raise EndpointError("
        '"Invalid Configuration: Dualstack and custom endpoint are not supported")',
        "        return Endpoint(endpoint_url)",
        "    if region is None:",
        '        raise EndpointError("Invalid Configuration: Missing Region")',
        "    from ..partitions import partition",
        "",
        "    part = partition(region)",
        '    fips = "-fips" if use_fips else ""',
        "    suffix = part.dual_stack_dns_suffix if use_dual_stack else part.dns_suffix",
        '    return Endpoint(f"https://edge.sagemaker{fips}.{region}.{suffix}")',
    )
    assert compile_service("sagemaker-edge").ir.modules == ("endpoints", "errors", "partitions")


@pytest.mark.slow
def test_compiled_rules_pass_the_lint_rules(tmp_path: Path) -> None:
    services = (*NAMED_SERVICES, *SAMPLED_SERVICES, "s3control")
    write_modules(tmp_path, compile_everything(services))
    run_tool("ruff", "check", *RUFF_OPTIONS, str(tmp_path))


@pytest.mark.conformance
def test_every_compiled_module_passes_ruff_and_mypy(tmp_path: Path) -> None:
    package = tmp_path / "path" / "aws"
    shutil.copytree(STATIC / "aws", package)
    write_modules(package, {"__init__": "", "rules/__init__": ""})
    write_modules(package, compile_everything(ALL_SERVICES))
    run_tool("ruff", "check", *RUFF_OPTIONS, str(package))
    run_tool(
        *("mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "-p", "aws.rules"),
        search_path=str(package.parent),
    )


def compile_everything(services: Iterable[str]) -> dict[str, str]:
    """Module below `aws` -> text: the rules for some operations, for all, and reduced ones."""
    sources = {"partitions": render_partitions(lower_partitions(PARTITIONS), ENVIRONMENT)}
    for service in services:
        name = f"rules/of_{service.replace('-', '_').replace('.', '_')}"
        sources[name] = compile_service(service).source
        sources[f"{name}_whole"] = compile_whole(service).source
        for number, reduction in enumerate(REDUCTIONS):
            sources[f"{name}_reduced_{number}"] = compile_client(service, reduction).source
    return sources


# The project's rules, with all modules of `aws` as first-party: `generated` has only those that
# its services need, and of what is not static, the partitions alone.
RUFF_OPTIONS = (
    "--no-cache",
    *("--config", str(ROOT / "pyproject.toml")),
    *("--config", f"src = ['{STATIC}', '{ROOT / 'generated'}']"),
)


def write_modules(folder: Path, sources: Mapping[str, str]) -> None:
    """As `generate` writes them."""
    texts = format_files({f"{name}.py": text for name, text in sources.items()})
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run_tool(*command: str, search_path: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": search_path},
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_two_runs_give_the_same_text() -> None:
    rule_set = LOADER.load_service_model("kinesis", "endpoint-rule-set-1")
    texts = {
        render_endpoint(lower_endpoint(rule_set, PARTITIONS, supplied=names), ENVIRONMENT)
        for names in (["StreamARN", "OperationType"], {"OperationType", "StreamARN"})
    }
    assert len(texts) == 1


def test_what_all_operations_fix_is_no_parameter() -> None:
    model = LOADER.load_service_model("kinesis", "service-2")
    rule_set = LOADER.load_service_model("kinesis", "endpoint-rule-set-1")
    chosen = [
        list_bindings(model, model["operations"][name]) for name in ("PutRecord", "GetRecords")
    ]
    use = summarise_bindings(chosen)
    assert use.fixed == {"OperationType": "data"}
    compiled = compile_rules(rule_set, use.supplied, dict(use.fixed))
    assert [item.argument for item in compiled.ir.parameters] == ["stream_id", "stream_arn"]
    arn = "arn:aws:kinesis:us-west-2:123456789012:stream/dock"
    check(compiled, {"region": "us-west-2", "StreamARN": arn})
    assert compiled.resolve("us-west-2", stream_arn=arn) == Endpoint(
        "https://123456789012.data-kinesis.us-west-2.amazonaws.com"
    )


def test_a_service_without_rules_gets_the_standard_ones() -> None:
    """Compared with the rules of a service that has nothing but the standard ones."""
    compiled = compile_rules(make_standard_rule_set("lambda"), frozenset(), {})
    lambda_rules = compile_service("lambda")
    for options in vary_options([*REGIONS, *ODD_REGIONS], [None, "http://x"]):
        check(compiled, options)
        found, expected = ask_compiled(compiled, options), ask_compiled(lambda_rules, options)
        assert isinstance(found, str) == isinstance(expected, str)
        if isinstance(found, Endpoint):
            assert found == expected


PATH_SAMPLES: list[dict[str, Any]] = [
    {
        "RequestItems": {"a": 1, "b": 2},
        "TableCreationParameters": {"TableName": "t"},
        "TransactItems": [{"Get": {"TableName": "t"}}, {"Put": {"TableName": "u"}}, {}],
    },
    {"RequestItems": {}, "TableCreationParameters": {}, "TransactItems": []},
]


# No service of `generated` needs the module.
PATHS = load_module(STATIC / "aws/member_paths.py")


def check_paths(service: str) -> set[str]:
    """All paths of a model mean, step by step, what JMESPath reads in them."""
    seen = set()
    model = LOADER.load_service_model(service, "service-2")
    for operation in model["operations"].values():
        bindings = {binding.name: binding for binding in list_bindings(model, operation)}
        for name, context in operation.get("operationContextParams", {}).items():
            seen.add(context["path"])
            for sample in PATH_SAMPLES:
                found = PATHS.follow(*bindings[name].path)(sample)
                expected = jmespath.search(context["path"], sample)
                assert found == (tuple(expected) if isinstance(expected, list) else expected)
    return seen


def test_dynamodb_has_every_form_of_path() -> None:
    assert len(check_paths("dynamodb")) == 4


@pytest.mark.conformance
def test_every_operation_has_known_parameter_paths() -> None:
    for service in ALL_SERVICES:
        check_paths(service)


def test_operation_parameters_are_static_values_and_members() -> None:
    model = LOADER.load_service_model("kinesis", "service-2")
    assert list_bindings(model, model["operations"]["PutRecord"]) == (
        Binding("OperationType", "operation_type", value="data"),
        Binding("StreamARN", "stream_arn", path=("StreamARN",)),
        Binding("StreamId", "stream_id", path=("StreamId",)),
    )


@pytest.mark.parametrize("path", ["sort(Things)[0]", "A[*].B[*].C", "A[0]", "keys(A[*])", "[*].A"])
def test_an_unknown_path_is_refused_with_the_operation(path: str) -> None:
    operation = {"name": "PutThing", "operationContextParams": {"Arn": {"path": path}}}
    with pytest.raises(EndpointRuleError, match=f"operation PutThing: .*{re.escape(repr(path))}"):
        lower_bindings(operation, None)


BAD_RULES = [
    ([{"fn": "aws.guess", "argv": ["x"]}], "function 'aws.guess' is not supported"),
    ([{"fn": "isSet", "argv": [{"ref": "Nobody"}]}], "'Nobody', which nothing defines"),
    ([{"fn": "stringEquals", "argv": ["{Nobody}", "x"]}], "'Nobody', which nothing defines"),
    (
        [{"fn": "isSet", "argv": [{"fn": "getAttr", "argv": [{"ref": "Region"}, "colour"]}]}],
        "reads 'colour' of a text",
    ),
    (
        [{"fn": "isSet", "argv": [{"fn": "getAttr", "argv": [{"ref": "Region"}, "a-b"]}]}],
        "path 'a-b' cannot be read",
    ),
    (
        [
            {
                "fn": "booleanEquals",
                "argv": [{"ref": "UseFIPS"}, {"fn": "isSet", "argv": [{"ref": "Region"}]}],
            }
        ],
        "compares two flags, neither of which is a constant",
    ),
]


@pytest.mark.parametrize(("conditions", "words"), BAD_RULES)
def test_rules_that_cannot_be_compiled_are_refused(conditions: list[Any], words: str) -> None:
    rule_set = make_standard_rule_set("thing")
    rule_set["rules"].insert(0, {"type": "error", "conditions": conditions, "error": "no"})
    with pytest.raises(EndpointRuleError, match=words):
        lower_endpoint(rule_set, PARTITIONS)


def test_all_values_of_a_header_are_sent() -> None:
    """Smithy: "a map of transport header names to their respective values"; botocore's rules find
    them all, and its resolver then drops all but the first.
    """
    rule_set = make_standard_rule_set("thing")
    rule_set["rules"] = [
        {
            "type": "endpoint",
            "conditions": [{"fn": "isSet", "argv": [{"ref": "Region"}]}],
            "endpoint": {
                "url": "https://h",
                "headers": {
                    "X-Both": ["a", "b"],
                    "x-mixed": ["in {Region}", {"ref": "Region"}, 'say "a"', "x"],
                    "x-one": ["{Region}"],
                    "x-none": [],
                },
            },
        }
    ]
    compiled = compile_rules(rule_set, frozenset(), {})
    for options in vary_options([*FEW_REGIONS, None], [None]):
        check(compiled, options)
    assert compiled.resolve("us-west-2").headers == (
        ("x-both", "a, b"),
        ("x-mixed", 'in us-west-2, us-west-2, say "a", x'),
        ("x-one", "us-west-2"),
    )


@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("dual_stack", [False, True])
@pytest.mark.parametrize("region", [None, "us-iso-east-1", "xx-nowhere-1"])
@pytest.mark.parametrize("url", [None, "https://h"])
def test_defaults_of_built_in_parameters_count(
    fips: bool, dual_stack: bool, region: str | None, url: str | None
) -> None:
    defaults = {"Region": region, "UseFIPS": fips, "UseDualStack": dual_stack, "Endpoint": url}
    rule_set = make_standard_rule_set("thing")
    for name, default in defaults.items():
        rule_set["parameters"][name]["default"] = default
    compiled = compile_rules(rule_set, frozenset(), {})
    for options in vary_options(["us-west-2", None], [None, "http://x"]):
        check(compiled, options)
        # botocore's client says that these are False where nothing was chosen; its rules may
        # not be told at all.
        check(compiled, {"region": options["region"], "endpoint_url": options["endpoint_url"]})
    reduction = Reduction(("us-iso-east-1",), fips=False, dual_stack=False)
    ir = lower_endpoint(rule_set, PARTITIONS, reduction=reduction)
    resolve = execute(render_endpoint(ir, ENVIRONMENT))
    if region == "us-iso-east-1":
        assert resolve(None) == resolve(region)
    else:
        with pytest.raises(EndpointError, match="generated for other regions"):
            resolve(region)


@pytest.mark.parametrize(
    ("kind", "default"), [("string", True), ("boolean", "true"), ("stringArray", "x")]
)
def test_a_default_of_another_type_is_refused(kind: str, default: Any) -> None:
    rule_set = make_standard_rule_set("thing")
    rule_set["parameters"]["Odd"] = {"type": kind, "default": default}
    with pytest.raises(EndpointRuleError, match=f"'Odd' is of type {kind}, but its default is "):
        lower_endpoint(rule_set, PARTITIONS)


def call(name: str, *arguments: Any, **assign: str) -> dict[str, Any]:
    return {"fn": name, "argv": list(arguments), **assign}


def ref(name: str) -> dict[str, Any]:
    return {"ref": name}


# Sequences of conditions, each sound after the ones before it in its row; {} is where a name that
# was assigned has a number of its own.
MADE_CONDITIONS: list[list[dict[str, Any]]] = [
    [call("isSet", ref("Region"))],
    [call("isSet", ref("Name"))],
    [call("isSet", ref("Endpoint"))],
    *(
        [call("booleanEquals", ref(name), value)]
        for name in ("UseFIPS", "Flag")
        for value in (True, False)
    ),
    [call("booleanEquals", ref("UseFIPS"), ref("UseDualStack"))],
    [call("booleanEquals", ref("Flag"), call("isValidHostLabel", ref("Name"), False))],
    [call("not", call("booleanEquals", ref("UseDualStack"), ref("Flag")))],
    [call("isValidHostLabel", ref("Name"), True)],
    [call("not", call("isValidHostLabel", ref("Name"), False))],
    [call("isSet", ref("Name")), call("stringEquals", ref("Name"), "dock")],
    [call("isSet", ref("Name")), call("not", call("stringEquals", "{Name}", "x.y"))],
    [call("isSet", ref("Name")), call("substring", ref("Name"), 0, 3, True, assign="Cut{}")],
    [call("isSet", ref("Name")), call("uriEncode", ref("Name"), assign="Uri{}")],
    [
        call("isSet", ref("Name")),
        call("aws.parseArn", ref("Name"), assign="Arn{}"),
        call("getAttr", ref("Arn{}"), "resourceId[1]", assign="Part{}"),
    ],
    [call("isSet", ref("Endpoint")), call("parseURL", ref("Endpoint"), assign="Url{}")],
    [
        call("isSet", ref("Endpoint")),
        call("parseURL", ref("Endpoint"), assign="Url{}"),
        call("booleanEquals", call("getAttr", ref("Url{}"), "isIp"), ref("Flag")),
    ],
    [call("getAttr", ref("Names"), "[1]", assign="Second{}")],
    *(
        [call("isSet", ref("Region")), call("aws.partition", ref("Region"), assign="Part{}"), more]
        for flag in ("supportsFIPS", "supportsDualStack")
        for value in [call("getAttr", ref("Part{}"), flag)]
        for more in (
            value,
            {**value, "assign": "Supports{}"},
            call("not", value),
            call("booleanEquals", True, value),
            call("booleanEquals", value, ref("UseFIPS")),
        )
    ),
]


def number(value: Any, suffix: str) -> Any:
    """A row with the names of its own."""
    if isinstance(value, list):
        return [number(item, suffix) for item in value]
    if isinstance(value, dict):
        return {key: number(item, suffix) for key, item in value.items()}
    return value.replace("{}", suffix) if isinstance(value, str) else value


def make_rules(random: Random, depth: int, names: Iterator[int]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    for _ in range(random.randint(1, 3)):
        conditions: list[Any] = []
        for row in random.sample(MADE_CONDITIONS, random.choice((0, 1, 1, 2))):
            conditions += number(row, f"n{'a' * next(names)}")
        rule: dict[str, Any] = {"conditions": conditions}
        outcome = random.random()
        if depth and outcome < 0.5:
            rule = {**rule, "type": "tree", "rules": make_rules(random, depth - 1, names)}
        elif outcome < 0.9:
            set_names = [item["assign"] for item in conditions if "assign" in item]
            texts = [f"{{{name}}}" for name in set_names if name[:3] in ("Cut", "Uri", "Sec")]
            scheme = {
                "name": "sigv4",
                "signingName": random.choice(("x", "thing", *texts)),
                "disableDoubleEncoding": random.choice((True, False, "true", "false")),
            }
            headers = {"x-thing": [random.choice(("a", *texts)), "b"]}
            rule = {
                **rule,
                "type": "endpoint",
                "endpoint": {
                    "url": f"https://h{next(names)}/{''.join(texts)}",
                    "headers": random.choice(({}, headers)),
                    "properties": random.choice(({}, {"authSchemes": [scheme]})),
                },
            }
        else:
            rule = {**rule, "type": "error", "error": "no {Flag}"}
        rules.append(rule)
    return rules


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_made_rules_resolve_like_botocore(seed: int) -> None:
    random = Random(seed)
    rule_set = make_standard_rule_set("thing")
    rule_set["parameters"] |= {
        "Name": {"type": "string"},
        "Flag": {"type": "boolean", "default": random.random() < 0.5, "required": True},
        "Names": {"type": "stringArray", "default": ["one", "two"]},
    }
    rule_set["rules"] = make_rules(random, 2, itertools.count(1))
    supplied = frozenset(name for name in ("Name", "Flag", "Names") if random.random() < 0.7)
    compiled = compile_rules(rule_set, supplied, {})
    for options in vary_options(["us-iso-east-1", "xx-x-1", None], [None, "http://10.0.0.1/p"]):
        for name in (None, "dock", "x.y", "a_", "arn:aws:s3:::a/b"):
            for flag, names in ((None, None), (True, ("one",)), (False, ())):
                given_values = {"Name": name, "Flag": flag, "Names": names}
                chosen = {key: given_values[key] for key in supplied}
                check(compiled, {**options, **chosen})


def test_a_flag_can_have_a_name() -> None:
    """No rule set of today names a flag; the language lets it."""
    rule_set = make_standard_rule_set("thing")
    label = {"fn": "isValidHostLabel", "argv": [{"ref": "Region"}, False], "assign": "IsLabel"}
    again = {"fn": "booleanEquals", "argv": [{"ref": "IsLabel"}, True]}
    is_set = {"fn": "isSet", "argv": [{"ref": "Region"}]}
    for conditions in ([is_set, label], [is_set, label, again]):
        rule_set["rules"].insert(0, {"type": "error", "conditions": conditions, "error": "no"})
        compiled = compile_rules(rule_set, frozenset(), {})
        for options in vary_options(ODD_REGIONS, [None]):
            check(compiled, options)


def test_a_rule_of_an_unknown_type_is_refused() -> None:
    rule_set = make_standard_rule_set("thing")
    rule_set["rules"].insert(0, {"type": "wish", "conditions": []})
    with pytest.raises(EndpointRuleError, match="unknown type 'wish'"):
        lower_endpoint(rule_set, PARTITIONS)


def test_a_region_pattern_of_a_new_form_is_refused() -> None:
    data = {"partitions": [{**PARTITIONS["partitions"][0], "regionRegex": "^mars-.*$"}]}
    with pytest.raises(EndpointRuleError, match="partition aws: region pattern"):
        lower_partitions(data)


def test_arguments_have_boto3s_names() -> None:
    for service in (*NAMED_SERVICES, *SAMPLED_SERVICES, "s3control", "wellarchitected"):
        for name in LOADER.load_service_model(service, "endpoint-rule-set-1")["parameters"]:
            assert name_argument(name) == xform_name(name)


@pytest.mark.parametrize(
    "text", ["plain", 'a "quoted" b', "it's", "back\\slash", "{braces}", "line\nbreak", "x" * 300]
)
def test_texts_come_out_as_they_went_in(text: str) -> None:
    rule_set = make_standard_rule_set("thing")
    error = text.replace("{", "{{").replace("}", "}}")
    rule_set["rules"] = [{"type": "error", "conditions": [], "error": error}]
    with pytest.raises(EndpointError) as caught:
        compile_rules(rule_set, frozenset(), {}).resolve("us-west-2")
    assert str(caught.value) == text


LIBRARY = RuleSetStandardLibrary(PARTITIONS)
HOSTS = st.text(st.sampled_from("aZ09-.:_é"), max_size=70)
URLS = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "ftp", "HTTPS", ""]),
    st.sampled_from(
        [
            "localhost:80",
            "h:port",
            "10.0.0.1",
            "256.1.1.1:9",
            "[::1]:8080",
            "[fd00::1]",
            "u:p@h",
            "H",
        ]
    ),
    st.text(st.sampled_from("/.a b%é~"), max_size=12).map(lambda path: f"/{path}" if path else ""),
    st.sampled_from(["", "", "?q", "#f"]),
)
REGION_LIKE = st.text(st.sampled_from("us-eaiogv1_9é"), max_size=20)


@given(st.one_of(st.sampled_from([*REGIONS, *ODD_REGIONS[1:]]), REGION_LIKE))
def test_partition_is_botocores(region: str) -> None:
    found, expected = partition(region), LIBRARY.aws_partition(region)
    assert found.id == expected["name"]
    assert found.dns_suffix == expected["dnsSuffix"]
    assert found.dual_stack_dns_suffix == expected["dualStackDnsSuffix"]
    assert found.implicit_global_region == expected["implicitGlobalRegion"]
    assert found.supports_fips == expected["supportsFIPS"]
    assert found.supports_dual_stack == expected["supportsDualStack"]


@given(HOSTS, st.booleans())
def test_host_labels_are_botocores(text: str, dots: bool) -> None:
    assert endpoint_functions.is_host_label(text, dots=dots) == LIBRARY.is_valid_host_label(
        text, dots
    )
    is_bucket = LIBRARY.aws_is_virtual_hostable_s3_bucket(text, dots)
    assert endpoint_functions.is_virtual_host_bucket(text, dots=dots) == is_bucket


@given(st.randoms(use_true_random=True), st.text(st.sampled_from("arn:aws/")))
def test_arns_are_botocores(random: Random, text: str) -> None:
    for arn in (text, make_arn(random, "s3")):
        check_arn(arn)


def check_arn(text: str) -> None:
    found, expected = endpoint_functions.parse_arn(text), LIBRARY.aws_parse_arn(text)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert list(found.resource_id) == expected["resourceId"]
    assert found.partition == expected["partition"]
    assert found.service == expected["service"]
    assert found.region == expected["region"]
    assert found.account_id == expected["accountId"]


@given(URLS)
def test_urls_are_botocores(text: str) -> None:
    found, expected = endpoint_functions.parse_url(text), LIBRARY.parse_url(text)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert found.scheme == expected["scheme"]
    assert found.authority == expected["authority"]
    assert found.path == expected["path"]
    assert found.normalized_path == expected["normalizedPath"]
    assert found.is_ip == expected["isIp"]


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30), st.booleans())
def test_texts_are_cut_and_encoded_as_by_botocore(
    text: str, start: int, stop: int, from_end: bool
) -> None:
    expected = LIBRARY.substring(text, start, stop, from_end)
    assert endpoint_functions.substring(text, start, stop, from_end=from_end) == expected
    assert endpoint_functions.uri_encode(text) == LIBRARY.uri_encode(text)
    pieces = tuple(text.split("a"))
    assert endpoint_functions.text_at(pieces, start) == LIBRARY.get_attr(pieces, f"[{start}]")
