"""The report of sizes against the files that are written."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from edgemote_codegen.__main__ import main
from edgemote_codegen.generation import make_services
from edgemote_codegen.ir import Selection
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from edgemote_codegen.sizes import measure_service, measure_services, report_sizes
from edgemote_codegen.tasks import Task

CHOSEN = [
    ("sagemaker-edge", ()),
    ("sqs", ("SendMessage", "ReceiveMessage", "DeleteMessage")),
    ("iam", ("CreateUser", "GetUser", "ListUsers")),
    ("s3", ("GetObject", "ListObjectsV2")),
    ("ec2", ("DescribeInstances", "RunInstances")),
]


# A model of whose operations none can be generated.
BAD = Path(__file__).parent / "cases/error_nothing_left/model.json"


def make_task(service: str, operations: tuple[str, ...], **options: bool) -> Task:
    facts = {"with_docs": True, "may_be_left_out": False} | options
    return Task(Selection(service, operations), {}, None, split_from=500, command="tests", **facts)


def count_written(service: str, operations: tuple[str, ...], package: str = "") -> int:
    """Bytes of the modules that `generate` writes: of the package, or of all."""
    return sum(
        size
        for name, size in measure_written(service, operations).items()
        if name.endswith(".py") and name.startswith(f"aws/{package}")
    )


@cache
def measure_written(service: str, operations: tuple[str, ...]) -> dict[str, int]:
    """File -> its bytes."""
    [made] = make_services([make_task(service, operations)])
    return {name: len(text.encode()) for name, text in made.files.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("service", "operations"), CHOSEN)
def test_sizes_are_those_of_the_files(service: str, operations: tuple[str, ...]) -> None:
    size = measure_service(make_task(service, operations))
    package = service.replace("-", "_") + "/"
    assert size.bytes == count_written(service, operations, package)
    assert size.whole_bytes == count_written(service, (), package)
    assert size.bytes + sum(size.shared.values()) == count_written(service, operations)
    assert set(size.operations) == set(select(load_model(service, {}), operations).operations)
    # Without an operation its own bytes are gone, and the imports and exports of its names.
    for name, own in size.operations.items():
        others = tuple(other for other in size.operations if other != name)
        saved = size.bytes - count_written(service, others, package)
        assert own <= saved <= 1.2 * own + 600, (name, own, saved)


def test_the_table_adds_up() -> None:
    sizes = [measure_service(make_task(service, operations)) for service, operations in CHOSEN[:3]]
    lines = list(report_sizes(sizes))
    numbers = [
        [int(number.replace(",", "")) for number in re.findall(r"[\d,]{2,}$|[\d,]{2,}(?= )", line)]
        for line in lines
    ]
    rows = {line.split("  ")[0]: found for line, found in zip(lines, numbers, strict=True)}
    assert rows["sqs"] == [sizes[1].bytes, sizes[1].whole_bytes]
    assert lines[0].split() == "bytes of source chosen all operations saved".split()
    assert rows["sagemaker-edge"] == [sizes[0].bytes]  # all of it was chosen: nothing is saved
    assert "%" not in next(line for line in lines if line.startswith("sagemaker-edge"))
    parts = [found[-1] for line, found in zip(lines, numbers, strict=True) if line[:2] == "  "]
    assert sum(parts) == sum(size.bytes for size in sizes)
    shared = set().union(*(size.shared for size in sizes))
    assert f"{len(shared)} modules that services share" in rows
    assert rows["in all"] == [sum(parts) + rows[f"{len(shared)} modules that services share"][-1]]


def test_paginators_and_waiters_are_counted() -> None:
    task = make_task("dynamodb", ("Scan", "DescribeTable"))
    bare = measure_service(task)
    size = measure_service(replace(task, paginators=True, waiters=True))
    [made] = make_services([replace(task, paginators=True, waiters=True)])
    assert set(bare.parts) == {"endpoint rules"}
    assert set(size.parts) == {"endpoint rules", "paginators", "waiters"}
    assert size.parts["paginators"] == len(made.files["aws/dynamodb/pages.py"].encode())
    assert size.bytes > bare.bytes + size.parts["paginators"] + size.parts["waiters"]
    assert size.shared.keys() - bare.shared.keys() == {"aws/paging.py", "aws/waiting.py"}
    rows = [line.split("  ")[1] for line in report_sizes([size]) if line.startswith("  ")]
    assert rows[2:5] == ["endpoint rules", "paginators", "waiters"]


def test_stubs_are_not_counted_and_docs_are_if_wanted() -> None:
    task = make_task("sagemaker-edge", ())
    [made] = make_services([task])
    files = made.files
    assert any(name.endswith(".pyi") for name in files)
    bare = measure_service(make_task("sagemaker-edge", (), with_docs=False))
    assert bare.bytes < measure_service(task).bytes


def test_of_all_services_those_that_cannot_be_made_are_passed_over() -> None:
    bad = replace(make_task("bad", (), may_be_left_out=True), files={"bad": BAD})
    found = list(measure_services([bad, make_task("sts", ())]))
    assert [size.name for size in found] == ["sts"]


def test_the_command_prints_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["edgemote_codegen", "sizes", "sts:AssumeRole", "--no-docs"])
    assert main() == 0
    task = make_task("sts", ("AssumeRole",), with_docs=False)
    words = "python -m edgemote_codegen generate --no-docs sts:AssumeRole"  # of every header
    size = measure_service(replace(task, command=words))
    assert capsys.readouterr().out.splitlines() == list(report_sizes([size]))
    monkeypatch.setattr(sys, "argv", ["edgemote_codegen", "sizes", "sts:AsumeRole"])
    assert main() == 2
    assert "did you mean AssumeRole" in capsys.readouterr().err
