"""Golden cases: a folder of `cases/` in, its `expected/` folder or `expected-error.txt` out.

A case holds what the command line needs:

    model.json             a service model; endpoint-rule-set-1.json beside it where it has rules
    pyproject.toml         where the case is about [tool.edgemote]
    arguments.json         the command line, if not `generate --model CASE=model.json CASE`
    expected/aws/CASE/...  the service's package, byte for byte, without the shared modules
    expected-stderr.txt    what a successful run says on stderr, if anything
    expected-error.txt     or else: the one line on stderr; status 2 and nothing written

After a change of the generator, `python tests/codegen/test_golden.py --accept [CASE]...` writes
what is expected anew: read the diff before you commit it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).resolve().parent / "cases"
ERROR = "expected-error.txt"
WORDS = "expected-stderr.txt"
_COMMAND = (sys.executable, "-m", "edgemote_codegen")


class Outcome(NamedTuple):
    """What one run did."""

    status: int
    stderr: str
    files: dict[str, bytes]
    """path below the output folder -> content, of everything that was written"""


def list_cases(*, failing: bool) -> list[str]:
    """Names of the cases; those that begin with `error_` are to fail."""
    names = sorted(path.name for path in CASES.iterdir() if path.is_dir())
    return [name for name in names if name.startswith("error_") == failing]


def read_arguments(case: str) -> list[str]:
    """The case's command line."""
    path = CASES / case / "arguments.json"
    if path.exists():
        return list(json.loads(path.read_text()))
    return ["generate", "--model", f"{case}=model.json", case]


def run_case(case: str, home: Path, *, in_process: bool = True) -> Outcome:
    """Run a case in a copy of its folder, so that no other pyproject.toml is in sight."""
    folder = home / "case"
    shutil.copytree(CASES / case, folder, ignore=shutil.ignore_patterns("expected*"))
    before = read_files(home)
    arguments = read_arguments(case)
    if in_process:
        status, stderr = call_main(arguments, folder)
    else:
        environ = os.environ | {"PYTHONPATH": str(ROOT / "codegen")}
        done = subprocess.run(
            [*_COMMAND, *arguments],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        status, stderr = done.returncode, done.stderr
    after = read_files(home)
    written = {name: after[name] for name in after if before.get(name) != after[name]}
    assert before.keys() <= after.keys()
    out = "case/generated/"
    return Outcome(
        status,
        stderr.replace(str(folder.resolve()), "CASE"),
        {name.removeprefix(out): content for name, content in written.items()},
    )


def call_main(arguments: list[str], folder: Path) -> tuple[int, str]:
    """The command line's status and stderr, without the price of a new process."""
    from edgemote_codegen.__main__ import main

    stderr = io.StringIO()
    argv, cwd = sys.argv, Path.cwd()
    sys.argv = ["edgemote_codegen", *arguments]
    os.chdir(folder)
    try:
        with contextlib.redirect_stderr(stderr), contextlib.redirect_stdout(io.StringIO()):
            status = main()
    except SystemExit as exit_:  # argparse's way out
        status = int(exit_.code or 0)
    finally:
        sys.argv = argv
        os.chdir(cwd)
    return status, stderr.getvalue()


def read_files(folder: Path) -> dict[str, bytes]:
    """Path -> content of every file below a folder; empty folders count as a path that ends in a
    slash.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if "__pycache__" in name:  # of whoever has imported a case
            continue
        if path.is_file():
            files[name] = path.read_bytes()
        elif not any(path.iterdir()):
            files[f"{name}/"] = b""
    return files


def select_package(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of the services' packages, without the modules that all services share."""
    return {name: content for name, content in files.items() if name.count("/") > 1}


@pytest.mark.parametrize("case", list_cases(failing=False))
def test_output(case: str, tmp_path: Path) -> None:
    outcome = run_case(case, tmp_path)
    words = CASES / case / WORDS
    assert (outcome.status, outcome.stderr) == (0, words.read_text() if words.exists() else "")
    written = select_package(outcome.files)
    expected = read_files(CASES / case / "expected")
    assert written.keys() == expected.keys()
    for name, content in written.items():
        assert content.decode() == expected[name].decode(), name


@pytest.mark.parametrize("case", list_cases(failing=True))
def test_error(case: str, tmp_path: Path) -> None:
    outcome = run_case(case, tmp_path)
    assert outcome == (2, (CASES / case / ERROR).read_text(), {})


def test_command_line_is_the_same_in_its_own_process(tmp_path: Path) -> None:
    for case in ("minimal", "error_unknown_service", "error_model_without_equals"):
        home = tmp_path / case
        home.mkdir()
        outcome = run_case(case, home, in_process=False)
        if case.startswith("error_"):
            assert outcome == (2, (CASES / case / ERROR).read_text(), {})
        else:
            assert (outcome.status, outcome.stderr) == (0, "")
            assert select_package(outcome.files) == read_files(CASES / case / "expected")


def test_errors_are_one_clear_line() -> None:
    for case in list_cases(failing=True):
        text = (CASES / case / ERROR).read_text()
        lines = text.splitlines()
        assert text.endswith("\n"), case
        assert len(lines) == 1, case
        assert lines[0].startswith("edgemote-codegen: "), case
        assert "Traceback" not in text, case
        assert str(ROOT) not in text, case


# What follows reads the expected files: test_output holds that they are what is written.


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case's package in one package aws, with the modules that they share."""
    home = tmp_path_factory.mktemp("merged")
    # One of each protocol (EC2's has all of Query's), two with all modules of the rules, one split.
    cases = (
        "minimal json_1_1 rpc_v2 xml_forms ec2_forms endpoint_rules endpoint_parameter_paths "
        "split_service pages_and_waiters takes_structs"
    )
    for case in cases.split():
        shared = tmp_path_factory.mktemp("shared")
        for name, content in run_case(case, shared).files.items():
            if name.count("/") == 1:
                path = home / "generated" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    for case in list_cases(failing=False):
        shutil.copytree(CASES / case / "expected", home / "generated", dirs_exist_ok=True)
    shutil.copy(ROOT / "pyproject.toml", home)
    return home


def test_output_passes_the_format_and_lint_rules(merged: Path) -> None:
    for arguments in (("format", "--check"), ("check",)):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", *list_packages(merged)],
            cwd=merged,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_output_passes_mypy(merged: Path) -> None:
    options = ("--strict", "--config-file", ROOT / "pyproject.toml", "--no-error-summary")
    cache = ("--cache-dir", ROOT / ".mypy_cache" / "golden")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, options + cache), "-p", "aws"],
        cwd=merged / "generated",
        capture_output=True,
        text=True,
    )
    # The modules that all services share are checked where they stand, by `make check`.
    ours = [line for line in done.stdout.splitlines() if line.partition(":")[0].count("/") > 1]
    assert (ours, done.stderr) == ([], "")
    assert done.returncode < 2, done.stdout


CALLER = """
from typing_extensions import assert_type

from aws.json_1_0 import Bad, Json10
from aws.member_and_struct_names import Checksum, MemberAndStructNames, PutResponse
from aws.member_and_struct_names.client import PUT
from aws.operation import Operation
from aws.pages_and_waiters import Door, House, ListShelvesOutput
from aws.split_service import ShelfAnswer, SplitService
from aws.takes_structs import Desk, FillDrawerInput, ListDrawersInput, OpenDrawerInput, PingInput
from aws.takes_structs import ListDrawersOutput, PingOutput
from aws.takes_structs_split import GetShelfRequest, Shelf as ShelfOfStructs, SplitStructs


def call(client: MemberAndStructNames, split: SplitService, other: Json10) -> None:
    answer = client.put(Checksum={"Sum": "x"}, List=[Checksum(Sum="y")])
    assert_type(answer, PutResponse)
    assert_type(answer.Checksum, Checksum | None)
    assert_type(PUT, Operation[PutResponse])
    assert_type(split.get_shelf(Name="ab"), ShelfAnswer)
    try:
        other.put(Name="ab")
    except other.exceptions.Bad as error:
        assert_type(error, Bad)
        assert_type(error.code, str)
    other.exceptions.Good
    client.put(Cheksum={"Sum": "x"})
    client.put(Checksum=1)
    client.putt()


def go_through(house: House) -> None:
    for page in house.pages.list_shelves(House="a", PaginationConfig={"MaxItems": 3}):
        assert_type(page, ListShelvesOutput)
    for shelf in house.pages.list_shelves(House="a").items():
        assert_type(shelf, str)
    for name, door in house.pages.list_shelves(House="a").items("Rooms"):
        assert_type(door, Door)
    for door in house.pages.list_doors().items():
        assert_type(door, Door)
    house.wait.door_open(Names=["a"], WaiterConfig={"Delay": 0.5})
    assert_type(house.presign("list_doors", expires_s=60), str)
    house.pages.list_shelves(House=1)
    house.pages.list_doors(PaginationConfig={"Most": 3})
    house.pages.list_shelves(House="a").items("Doors")
    house.wait.up(WaiterConfig={"Tries": 3})
    house.presign("open_doors")


def pass_structs(desk: Desk, split: SplitStructs, house_of_keywords: House) -> None:
    request = ListDrawersInput(Limit=3)
    assert_type(desk.list_drawers(request), ListDrawersOutput)
    assert_type(desk.list_drawers(Limit=3), ListDrawersOutput)
    assert_type(desk.ping(PingInput()), PingOutput)
    assert_type(split.get_shelf(GetShelfRequest(Name="ab")).Shelf, ShelfOfStructs | None)
    desk.open_drawer(OpenDrawerInput(Name="pens"))
    desk.open_drawer_again(OpenDrawerInput(Name="pens"))
    desk.fill_drawer(FillDrawerInput(request="pens", Body=b"pen"))
    desk.fill_drawer(request="pens", Body=b"pen")
    for page in desk.pages.list_drawers(request, PaginationConfig={"MaxItems": 3}):
        assert_type(page, ListDrawersOutput)
    for drawer in desk.pages.list_drawers(request).items("Pens"):
        assert_type(drawer, str)
    desk.wait.up(PingInput(), WaiterConfig={"Delay": 0.5})
    assert_type(desk.presign("open_drawer", OpenDrawerInput(Name="pens")), str)
    desk.open_drawer(request)
    desk.open_drawer(OpenDrawerInput(Name="pens"), Name="pens")
    desk.open_drawer(OpenDrawerInput(Name="pens"), OpenDrawerInput(Name="pens"))
    desk.open_drawer(None)
    desk.open_drawer({"Name": "pens"})
    desk.open_drawer(request=OpenDrawerInput(Name="pens"))
    desk.open_drawer(Name=1)
    desk.open_drawer()
    desk.slam(PingInput())
    desk.pages.list_drawers(OpenDrawerInput(Name="pens"))
    desk.pages.list_drawers(request, Limit=3)
    desk.wait.up(request)
    split.get_shelf(PingInput())
    OpenDrawerInput()
    house_of_keywords.ping(PingInput())
"""


def test_callers_are_held_to_the_types(merged: Path) -> None:
    (merged / "caller.py").write_text(CALLER)
    options = ("--strict", "--config-file", ROOT / "pyproject.toml", "--no-error-summary")
    cache = ("--cache-dir", ROOT / ".mypy_cache" / "golden")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, options + cache), "../caller.py"],
        cwd=merged / "generated",
        capture_output=True,
        text=True,
    )
    found = [line for line in done.stdout.splitlines() if "caller.py" in line and "error" in line]
    assert [re.sub(r".*\[(.*)\]", r"\1", line) for line in found] == [
        "attr-defined",
        "call-arg",
        "arg-type",
        "attr-defined",
        "arg-type",
        "typeddict-unknown-key",
        "call-overload",
        "typeddict-unknown-key",
        "arg-type",
        # Of methods that take structs; `request=` is told twice.
        *["call-overload"] * 9,
        "call-arg",
        *["call-overload"] * 4,
        "call-arg",
        "call-arg",
    ], done.stdout


def list_packages(merged: Path) -> list[str]:
    """The cases' packages below the folder of `merged`."""
    return sorted(
        str(path.relative_to(merged))
        for path in (merged / "generated" / "aws").iterdir()
        if path.is_dir()
    )


def test_output_imports_and_its_annotations_resolve(merged: Path) -> None:
    """In its own process: a package aws of another folder is imported here already."""
    code = """
import importlib, pkgutil, sys
import aws
from aws.errors import ServiceError
from aws.shape import Shape, type_hints
count = 0
for found in pkgutil.walk_packages(aws.__path__, "aws."):
    module = importlib.import_module(found.name)
    for item in list(vars(module).values()):
        if not (isinstance(item, type) and issubclass(item, (Shape, ServiceError))):
            continue
        if item.__module__ == module.__name__:
            hints = type_hints(item)
            for field in getattr(item, "__struct_fields__", ()):
                assert field in hints, (item, field)
            count += 1
    if found.name.endswith(".client"):
        service = importlib.import_module(found.name.rpartition(".")[0])
        for name in service.__all__:
            getattr(service, name)
assert count > 120, count
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=merged / "generated",
        env=os.environ | {"PYTHONPATH": str(merged / "generated")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_output_works_under_another_name(merged: Path, tmp_path: Path) -> None:
    """`aws` may be renamed, or stand in a package of the user's: nothing in it says `aws`."""
    shutil.copytree(merged / "generated" / "aws", tmp_path / "vendor" / "cloud")
    code = """
import importlib, pkgutil, sys
import vendor.cloud
for found in pkgutil.walk_packages(vendor.cloud.__path__, "vendor.cloud."):
    module = importlib.import_module(found.name)
    for name in getattr(module, "__all__", ()):
        getattr(module, name)
assert "vendor.cloud.rest_xml" in sys.modules
assert "aws" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_output_is_ours_to_the_last_line() -> None:
    """Every expected module is parsable, ends in one newline and has no blanks at the end of a
    line.
    """
    for path in sorted(CASES.glob("*/expected/**/*.py*")):
        if path.suffix == ".pyc":  # of whoever has imported a case
            continue
        text = path.read_text(encoding="utf-8")
        ast.parse(text, str(path))
        assert text.startswith("# Generated by "), path
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert all(line == line.rstrip() for line in text.split("\n")), path


@pytest.mark.parametrize("case", list_cases(failing=False))
def test_a_client_and_its_stub_have_the_same_names(case: str) -> None:
    """Types and documentation are in the stub, and none of them on the device."""
    for path in (CASES / case / "expected" / "aws").glob("*/client.py"):
        client = ast.parse(path.read_text(encoding="utf-8"))
        stub = ast.parse(path.with_suffix(".pyi").read_text(encoding="utf-8"))
        assert list_names(client) == list_names(stub) != []
        for node in ast.walk(client):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                assert ast.get_docstring(node) is None, node.name
        methods = [node for node in ast.walk(stub) if isinstance(node, ast.FunctionDef)]
        assert methods
        for method in methods:
            if any(arg.arg == "request" for arg in method.args.posonlyargs):
                assert ast.get_docstring(method) is None  # the other overload has it
                continue
            has_none = case in ("configured", "no_docs")
            assert (ast.get_docstring(method) is None) == has_none, method.name
            assert method.returns is not None


def list_names(module: ast.Module) -> list[str]:
    """Constants, classes and methods, these with their parameters; what is private is for types."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node in module.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found.append(ast.unparse(target))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found.append(node.name)
        elif isinstance(node, ast.FunctionDef):
            names = [*node.args.posonlyargs, "/", *node.args.args, node.args.kwarg]
            shown = [name.arg if isinstance(name, ast.arg) else str(name) for name in names]
            found.append(f"{node.name}({', '.join(shown)})")
            if node.args.vararg:  # an overload in the stub
                found.append(f"{node.name}(self, request, /, None)")
    return found


def accept(case: str) -> None:
    """Make what a case expects what it gets."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_case(case, Path(folder))
    failing = case.startswith("error_")
    if outcome.status != (2 if failing else 0):
        sys.exit(f"{case}: status {outcome.status}\n{outcome.stderr}")
    shutil.rmtree(CASES / case / "expected", ignore_errors=True)
    for name, text in ((ERROR, failing), (WORDS, not failing and outcome.stderr)):
        (CASES / case / name).unlink(missing_ok=True)
        if text:
            (CASES / case / name).write_text(outcome.stderr)
    for name, content in select_package(outcome.files).items():
        path = CASES / case / "expected" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    if sys.argv[1:2] != ["--accept"]:
        sys.exit(__doc__)
    sys.path.insert(0, str(ROOT / "codegen"))
    for chosen in sys.argv[2:] or list_cases(failing=False) + list_cases(failing=True):
        accept(chosen)
