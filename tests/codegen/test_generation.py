"""Many services at once: the same files as one by one, and what cannot be made is told."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from edgemote_codegen.errors import CodegenError
from edgemote_codegen.generation import make_service, make_services
from edgemote_codegen.ir import Selection
from edgemote_codegen.tasks import Task

# A model of whose operations none can be generated; of botocore's there is no such.
BAD = Path(__file__).parent / "cases/error_nothing_left/model.json"
SMALL = (
    "account iot-data iot-jobs-data kinesis-video-media mediastore-data mturk polly "
    "pricing sagemaker-edge sagemaker-metrics sagemaker-runtime savingsplans sqs sts support "
    "workmailmessageflow"
).split()


def make_task(service: str, *operations: str, **options: Any) -> Task:
    facts = {
        "protocol": None,
        "with_docs": True,
        "split_from": 500,
        "command": "tests",
        "may_be_left_out": False,
    }
    return Task(Selection(service, operations), {}, **(facts | options))


@pytest.mark.slow
def test_processes_make_the_same_files_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    tasks = [make_task(service) for service in SMALL]
    alone = [made for task in tasks for made in make_services([task])]
    assert list(make_services(tasks)) == alone


def test_an_error_in_a_process_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    tasks = [make_task(service) for service in SMALL]
    tasks[3] = make_task("sqs", "SendMesage")
    found = make_services(tasks)
    with pytest.raises(CodegenError, match="sqs has no operation 'SendMesage'; did you mean Send"):
        list(found)


def test_of_all_services_those_that_cannot_be_made_are_told() -> None:
    words = "bad has no operation that can be generated: signing with aws.auth#sigv4a"
    task = replace(make_task("bad", may_be_left_out=True), files={"bad": BAD})
    made = make_service(task)
    assert (made.files, made.error) == ({}, "")
    assert made.left_out[0].startswith(f"left out bad: {words}")
    assert make_service(replace(task, may_be_left_out=False)).error.startswith(words)


def test_operations_that_are_left_out_are_told_one_by_one() -> None:
    made = make_service(make_task("kinesis"))
    assert made.left_out == ("left out kinesis:SubscribeToShard: event streams are not supported",)
    with pytest.raises(CodegenError, match="kinesis:SubscribeToShard cannot be generated"):
        list(make_services([make_task("kinesis", "SubscribeToShard")]))


def test_a_service_that_could_not_be_reached_is_refused() -> None:
    words = "cloudfront-keyvaluestore has no usable endpoint: its rules require sigv4a or"
    assert make_service(make_task("cloudfront-keyvaluestore")).error.startswith(words)
    made = make_service(make_task("cloudfront-keyvaluestore", may_be_left_out=True))
    assert made.left_out[0].startswith(f"left out cloudfront-keyvaluestore: {words}")


@pytest.mark.parametrize(
    ("service", "protocol"),
    [
        ("sagemaker-edge", None),
        ("dynamodb", None),
        ("cloudwatch", "query"),
        ("s3", None),
        ("ec2", None),
        ("rds", None),
        ("cloudwatch", "smithy-rpc-v2-cbor"),
    ],
)
def test_the_shared_modules_are_those_that_are_imported(service: str, protocol: str | None) -> None:
    files = make_service(make_task(service, protocol=protocol)).files
    package = f"aws/{service.replace('-', '_')}/"
    pending = [name for name in files if name.startswith(package)]
    imported = {"aws/__init__.py", "aws/py.typed"}
    # What the runtime imports: the latter for copies between regions.
    imported |= {"aws/sigv4.py", "aws/url_signature.py"} & files.keys()
    while pending:
        for name in find_imported(files, pending.pop()) - imported:
            imported.add(name)
            pending.append(name)
    assert imported == {name for name in files if name.count("/") == 1}


def find_imported(files: Mapping[str, str], name: str) -> set[str]:
    """The shared modules that a file of the package `aws` imports, early or late."""
    folder = name.rpartition("/")[0].split("/")
    found = set()
    for node in ast.walk(ast.parse(files[name])):
        if isinstance(node, ast.ImportFrom):
            parents = folder[: len(folder) - node.level + 1] if node.level else []
            parts = [*parents, *(node.module or "").split(".")]
            module = "/".join(filter(None, parts))
            found |= {f"{module}.py", *(f"{module}/{alias.name}.py" for alias in node.names)}
    return {module for module in found & files.keys() if module.count("/") == 1}
