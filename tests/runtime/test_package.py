"""The package's face: its names, its version, and what it says where something is missing."""

from __future__ import annotations

import inspect
import os
import pydoc
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import aws.errors
import edgemote
from edgemote import errors

ROOT = Path(__file__).resolve().parents[2]
CALL = """
import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
try:
    edgemote.connect(SagemakerEdgeManager, region="us-west-2")
except edgemote.ConfigError as error:
    print(error)
"""


def run(code: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    # Without what links in site-packages lead to, such as the checkout itself.
    path = os.pathsep.join(map(str, (*folders, Path(msgspec.__file__).parents[1])))
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


def test_dir_and_help_show_what_there_is() -> None:
    assert sorted(dir(edgemote)) == sorted([*edgemote.__all__, "__version__"])
    text = pydoc.plain(pydoc.render_doc(edgemote))
    for name in edgemote.__all__:
        assert getattr(edgemote, name)
        assert name in text
    assert f"VERSION\n    {edgemote.__version__}" in text


def test_all_errors_have_one_root() -> None:
    found = [
        value
        for module in (aws.errors, errors)
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, BaseException)
    ]
    assert {edgemote.ServiceError, edgemote.ValidationError, edgemote.EdgemoteError} <= {*found}
    for error in found:
        assert issubclass(error, edgemote.Error), error
        assert getattr(edgemote, error.__name__) is error
    # As they were, for who catches them by it.
    for error in (edgemote.ValidationError, edgemote.EndpointError):
        assert issubclass(error, ValueError)
    assert issubclass(edgemote.TransportError, edgemote.EdgemoteError)


@pytest.mark.parametrize("folder", ["", "aws"])
def test_without_clients_it_says_what_to_run(folder: str, tmp_path: Path) -> None:
    """Even beside a folder of this name that has something else in it."""
    (tmp_path / folder).mkdir(exist_ok=True)
    done = run("import edgemote", tmp_path, ROOT / "runtime")
    line = done.stderr.splitlines()[-1]
    assert line.startswith("ImportError: no generated clients were found (package aws): add ")
    assert "edgemote-codegen generate" in line


@pytest.mark.parametrize("line", ["CONTRACT = 0", ""])
def test_clients_of_another_contract_are_refused(line: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated/aws", tmp_path / "aws")
    assert run(CALL, tmp_path, ROOT / "runtime").stdout == ""
    path = tmp_path / "aws/operation.py"
    text = path.read_text()
    assert text.count("CONTRACT = 1\n") == 1
    path.write_text(text.replace("CONTRACT = 1\n", f"{line}\n"))
    # Of other clients, a name may be missing.
    signer = tmp_path / "aws/sigv4.py"
    signer.write_text(signer.read_text().replace("UNSIGNED_PAYLOAD", "UNSIGNED"))
    done = run(CALL, tmp_path, ROOT / "runtime")
    assert done.stdout.startswith(f"{tmp_path}/aws: these clients have contract 0, "), done.stderr
    assert "`edgemote-codegen generate`" in done.stdout
    assert len(done.stdout.splitlines()) == 1
