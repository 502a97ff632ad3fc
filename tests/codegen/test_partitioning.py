"""Large services: an operation loads the structs that it uses, and no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.comparison import generated
from edgemote_codegen.lowering.partitioning import find_homes, find_users
from edgemote_codegen.models import load_model
from edgemote_codegen.names import method_names
from edgemote_codegen.selection import select

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("service", ["ec2", "iot", "securityhub"])
def test_the_modules_of_an_operations_structs_hold_no_others(service: str) -> None:
    selected = select(load_model(service, {}), ())
    structures = [
        name
        for name, shape in selected.shapes.items()
        if shape["type"] == "structure" and not shape.get("exception")
    ]
    homes = find_homes(selected, structures, method_names(selected.operations), 1)
    users = find_users(selected)
    assert len(set(homes.values())) > len(selected.operations) / 2
    for operation in selected.operations:
        used = {name for name in structures if operation in users.get(name, ())}
        loaded = {homes[name] for name in used}
        assert {name for name in structures if homes[name] in loaded} == used


def test_few_structs_are_one_module() -> None:
    selected = select(load_model("sts", {}), ("AssumeRole",))
    structures = list(selected.shapes)
    methods = method_names(selected.operations)
    assert set(find_homes(selected, structures, methods, len(structures) + 1).values()) == {
        "shapes"
    }
    assert "shapes" not in find_homes(selected, structures, methods, len(structures)).values()


def run(code: str) -> str:
    """What a process of its own prints, with the golden package and the shared modules."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _START + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_START = """
import sys
sys.path[:0] = ["tests", "runtime", "generated", "codegen"]
import aws
aws.__path__ += [
    "tests/codegen/cases/split_service/expected/aws", "codegen/edgemote_codegen/static/aws"
]
def loaded():
    found = [name.removeprefix("aws.split_service.") for name in sys.modules]
    return sorted(name for name in found if name.startswith(("shapes.", "operations.")))
"""


def test_a_package_loads_nothing_until_it_is_used() -> None:
    code = """
from aws import split_service
from calls import Ours
ours = Ours("split_service")
print(loaded())
ours.call("import_", {}, (200, {}, b"{}"))
print(loaded())
sent, result = ours.call("get_shelf", {"Tag": {"Key": "ab"}}, (200, {}, b'{"Shelf": {}}'))
print(sent.body, result)
print(loaded())
print(result.Shelf.__class__ is split_service.Shelf is split_service.shapes.Shelf)
print(loaded())
answer = b'{"__type": "ShelfFull", "Load": {"Kilograms": 9}}'
sent, error = ours.call("get_shelf", {}, (400, {}, answer))
print(error.Load, isinstance(error, ours.client.exceptions.ShelfFull), "shapes.load" in loaded())
"""
    assert run(code).splitlines() == [
        "[]",
        "['operations.import_']",
        "{'Tag': {'Key': 'ab'}} ShelfAnswer(Shelf=Shelf())",
        "['operations.get_shelf', 'operations.import_', 'shapes.shelf_answer']",
        "True",
        "['operations.get_shelf', 'operations.import_', 'shapes.shelf_answer']",
        "Load(Kilograms=9.0) True True",
    ]


def test_every_name_is_found_and_no_other() -> None:
    code = """
from aws.split_service import *
from aws import split_service
assert Board is split_service.shapes.Board
print(globals().keys() >= set(split_service.__all__))
for module in (split_service, split_service.shapes):
    try:
        module.Bord
    except AttributeError as error:
        print(error)
"""
    words = "module 'aws.split_service' has no attribute 'Bord'"
    assert run(code).splitlines() == ["True", words, words]


def test_all_of_ec2_is_imported_without_a_struct() -> None:
    with generated(select(load_model("ec2", {}), ())) as ours:
        package = sys.modules["aws.ec2"]
        names = {name for name in sys.modules if name.startswith("aws.ec2.")}
        assert names == {f"aws.ec2.{name}" for name in ("client", "endpoint", "errors", "shapes")}
        ours.call("describe_regions", {}, (200, {}, b"<DescribeRegionsResponse/>"))
        built = {name for name in package.__all__ if name in vars(package.shapes)}
        assert built == set()  # nobody asked the package for a struct
        found = {name for name in sys.modules if name.startswith("aws.ec2.")} - names
        assert found == {
            "aws.ec2.operations",
            "aws.ec2.operations.describe_regions",
            "aws.ec2.shapes.filter",
        }
