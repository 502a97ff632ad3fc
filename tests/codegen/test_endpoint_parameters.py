"""Endpoint parameters that are chosen for a client: as boto3's Config chooses them."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader

import aws
from aws.errors import EndpointError
from aws.operation import Client
from calls import Ours
from edgemote_codegen.__main__ import main
from edgemote_codegen.errors import CodegenError
from edgemote_codegen.generation import lower_task
from edgemote_codegen.ir import Selection
from edgemote_codegen.lowering import lower_service
from edgemote_codegen.models import load_model, load_partitions
from edgemote_codegen.output import write_files
from edgemote_codegen.rendering import render_services
from edgemote_codegen.selection import select
from edgemote_codegen.tasks import Task
from oracle import REGION, Oracle

OBJECT = {"Bucket": "mine", "Key": "k"}
ARN = {"Bucket": "arn:aws:s3:eu-west-1:123456789012:accesspoint/point", "Key": "k"}


def make_task(service: str, operation: str, given: dict[str, bool | str]) -> Task:
    selection = Selection(service, (operation,))
    return Task(selection, {}, None, False, 500, "tests", False, endpoint_parameters=given)


def find_host(service: str, operation: str, given: dict[str, bool | str], **values: Any) -> str:
    """Where the generated rules send a request."""
    import aws.endpoints

    _, ir = lower_task(make_task(service, operation, given))
    lines = [*ir.endpoint.imports, "from ..endpoints import Endpoint"]
    arguments = "".join(f", {each.argument}={each.default}" for each in ir.endpoint.parameters)
    lines.append(f"def resolve(region, use_fips, use_dual_stack, endpoint_url{arguments}):")
    scope: dict[str, Any] = {"__package__": "aws.service"}
    exec("\n".join([*lines, *ir.endpoint.lines]), scope)
    endpoint = scope["resolve"](REGION, False, False, None, **values)
    assert isinstance(endpoint, aws.endpoints.Endpoint)
    return str(urlsplit(endpoint.url).netloc)


@pytest.mark.parametrize(
    ("given", "config", "params"),
    [
        ({}, {}, OBJECT),
        ({"Accelerate": True}, {"use_accelerate_endpoint": True}, OBJECT),
        ({"UseArnRegion": True}, {"use_arn_region": True}, ARN),
    ],
)
def test_s3_goes_where_boto3_goes(
    given: dict[str, bool | str], config: dict[str, Any], params: dict[str, Any]
) -> None:
    judge = Oracle("s3", config=Config(s3=config))
    sent, _ = judge.call("get_object", params, (200, {}, b""))
    assert find_host("s3", "GetObject", given, bucket=params["Bucket"]) == sent.host


def make_s3(folder: Path, given: dict[str, bool | str]) -> type[Client]:
    """A client class of S3 that was generated with these parameters."""
    name = "-".join(("s3-with", *given)).lower()
    model = load_model(name, {name: folder / "service-2.json"})
    ir = lower_service(
        select(model, ("GetObject", "GetBucketLocation", "ListBuckets")),
        load_partitions(),
        with_docs=False,
        command="tests",
        endpoint_parameters=given,
    )
    write_files(folder / "out", render_services([ir], load_partitions()))
    aws.__path__.append(str(folder / "out/aws"))
    return Ours(name).client_class


STYLES = ("virtual", "path", "auto")
URLS = (
    None,
    "https://s3.example.com",
    "https://s3-accelerate.amazonaws.com",
    "https://s3-accelerate.dualstack.amazonaws.com/",
)
CALLS = (
    ("get_object", OBJECT),
    ("get_object", {"Bucket": "Upper_case", "Key": "k"}),
    ("get_object", {"Bucket": ARN["Bucket"].replace("eu-west-1", REGION), "Key": "k"}),
    ("get_bucket_location", {"Bucket": "mine"}),
    ("list_buckets", {}),
)


@pytest.mark.slow
@pytest.mark.parametrize("given", [{}, {"Accelerate": True}, {"ForcePathStyle": True}])
def test_path_style_is_where_boto3_has_it(given: dict[str, bool | str], tmp_path: Path) -> None:
    """Accelerate outranks path style, an ARN has none, an endpoint of one's own has it."""
    content = Loader().load_service_model("s3", "service-2")
    (tmp_path / "service-2.json").write_text(json.dumps(content))
    rules = Loader().load_service_model("s3", "endpoint-rule-set-1")
    (tmp_path / "endpoint-rule-set-1.json").write_text(json.dumps(rules))
    client_class = make_s3(tmp_path, given)
    assert client_class.service.addresses_buckets
    for style, url in itertools.product(STYLES, URLS):
        chosen: dict[str, Any] = {"addressing_style": style}
        if "Accelerate" in given:
            chosen["use_accelerate_endpoint"] = True
        if "ForcePathStyle" in given:
            chosen["addressing_style"] = "path"
        ours = Ours("s3", endpoint_url=url, path_style={"path": True, "virtual": False}.get(style))
        ours.caller.service = client_class.service
        ours.client = client_class(ours.caller, ours.caller.close)
        judge = Oracle("s3", config=Config(s3=chosen), endpoint_url=url)
        for method, params in CALLS:
            answer = (200, {}, b"<x/>" if method != "get_object" else b"")
            try:
                sent = ours.call(method, params, answer)[0]
                found = sent.host, sent.path
            except EndpointError as error:
                found = "", str(error)
            try:
                sent = judge.call(method, params, answer)[0]
                expected = sent.host, sent.path
            except BotoCoreError as error:
                # botocore's own exceptions have a text of theirs ahead of the rules' words.
                expected = "", str(error)[-len(found[1]) :]
            assert found == expected, (style, url, method, params)


def test_a_parameter_may_be_refused_by_the_rules_themselves() -> None:
    from aws.errors import EndpointError

    with pytest.raises(EndpointError, match="Invalid configuration: region from ARN"):
        find_host("s3", "GetObject", {"UseArnRegion": False}, bucket=ARN["Bucket"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Acelerate": True}, "s3 has no free parameter 'Acelerate'; it has Accelerate, "),
        ({"Region": "x"}, "s3 has no free parameter 'Region'"),
        ({"UseFIPS": True}, "s3 has no free parameter 'UseFIPS'"),
        ({"Bucket": "x"}, "s3 has no free parameter 'Bucket'"),
        ({"Accelerate": "yes"}, "s3: Accelerate: expected a boolean, got 'yes'"),
    ],
)
def test_what_is_no_parameter_is_told(given: dict[str, bool | str], words: str) -> None:
    with pytest.raises(CodegenError) as caught:
        lower_task(make_task("s3", "GetObject", given))
    assert words in str(caught.value)


def test_the_configuration_names_them_by_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["edgemote_codegen", "generate"])
    table = '[tool.edgemote]\nservices = ["s3:GetObject", "sts:GetCallerIdentity"]\n'
    hosts = {}
    for given in ("", "endpoint_parameters = { s3 = { Accelerate = true } }\n"):
        Path("pyproject.toml").write_text(table + given)
        assert main() == 0
        hosts[given] = "s3-accelerate" in Path("generated/aws/s3/endpoint.py").read_text()
    assert list(hosts.values()) == [False, True]
