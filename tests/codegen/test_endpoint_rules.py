"""How endpoint rules are compiled, and which are refused."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import jmespath
import pytest
from botocore import xform_name
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.errors import EndpointError
from edgemote_codegen.endpoints import (
    Binding,
    EndpointRuleError,
    Reduction,
    lower_bindings,
    lower_endpoint,
    lower_partitions,
    make_standard_rule_set,
    name_argument,
    render_endpoint,
)
from endpoint_rules import (
    ALL_SERVICES,
    ENVIRONMENT,
    FEW_REGIONS,
    LOADER,
    NAMED_SERVICES,
    ODD_REGIONS,
    PARTITIONS,
    SAMPLED_SERVICES,
    STATIC,
    check,
    compile_rules,
    execute,
    list_bindings,
    load_module,
    vary_options,
)

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
