"""The compiled endpoint rules against botocore's own resolution of the same rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.endpoints import Endpoint
from aws.errors import EndpointError
from edgemote_codegen.endpoints import (
    EVERYTHING,
    EndpointRuleError,
    Reduction,
    lower_endpoint,
    lower_partitions,
    make_standard_rule_set,
    render_endpoint,
    render_partitions,
    summarise_bindings,
)
from edgemote_codegen.formatting import format_files
from edgemote_codegen.lowering import REFUSED_SCHEMES
from endpoint_rules import (
    ALL_SERVICES,
    BUILT_IN,
    ENDPOINTS,
    ENVIRONMENT,
    FEW_REGIONS,
    LOADER,
    NAMED_SERVICES,
    ODD_REGIONS,
    PARTITIONS,
    REGIONS,
    ROOT,
    SAMPLED_SERVICES,
    STATIC,
    ask_compiled,
    check,
    check_client,
    compile_client,
    compile_rules,
    compile_service,
    compile_whole,
    execute,
    list_bindings,
    list_given,
    make_arguments,
    make_client_arguments,
    vary_options,
)


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
