"""Endpoint rules, compiled and asked beside botocore's resolution of the same rules."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import jinja2
import msgspec
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointResolutionError
from botocore.loaders import Loader
from botocore.utils import ensure_boolean

from aws import endpoint_functions
from aws.endpoints import Endpoint
from aws.errors import EndpointError
from edgemote_codegen.endpoints import (
    EVERYTHING,
    Binding,
    EndpointIR,
    Reduction,
    lower_bindings,
    lower_endpoint,
    name_argument,
    render_endpoint,
    summarise_bindings,
)
from edgemote_codegen.lowering import REFUSED_SCHEMES

ROOT = Path(__file__).resolve().parents[1]
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


def make_client_arguments(random: Random, service: str, reduction: Reduction) -> dict[str, Any]:
    """Mostly of what the client was generated for."""
    arguments = make_arguments(random, service, compile_service(service))
    if random.random() < 0.9:
        arguments["region"] = random.choice(reduction.regions or [arguments["region"]])
        arguments["use_fips"] &= reduction.fips
        arguments["use_dual_stack"] &= reduction.dual_stack
    return arguments
