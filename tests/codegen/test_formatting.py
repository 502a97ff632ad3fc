"""The generated files are formatted by one exact version of ruff."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edgemote_codegen.errors import CodegenError
from edgemote_codegen.formatting import RUFF_VERSION, format_files

ROOT = Path(__file__).resolve().parents[2]


def test_files_are_formatted_and_their_imports_sorted() -> None:
    files = {
        "aws/a.py": "from .b import z, A\nimport sys\n__all__ = ['b', 'A']\nx = [1,\n 2]\n",
        "aws/a.pyi": "import sys\nimport os\ndef f(): ...\n",
        "aws/py.typed": "",
    }
    assert format_files(files) == {
        "aws/a.py": 'import sys\n\nfrom .b import A, z\n\n__all__ = ["A", "b"]\nx = [1, 2]\n',
        "aws/a.pyi": "import os\nimport sys\n\ndef f(): ...\n",
        "aws/py.typed": "",
    }
    assert format_files({}) == {}


def test_the_users_own_configuration_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 20\n")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    text = 'x = "a text that is longer than twenty letters" + "y"\n'
    assert format_files({"a.py": text}) == {"a.py": text}


def test_what_is_no_python_is_an_error() -> None:
    with pytest.raises(CodegenError, match=r"^ruff check failed: .*a\.py"):
        format_files({"a.py": "def\n"})


def test_another_ruff_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """Its metadata, found first, stands for another version that is installed."""
    other = tmp_path / "site" / "ruff-0.1.2.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: ruff\nVersion: 0.1.2\n")
    done = subprocess.run(
        [sys.executable, "-m", "edgemote_codegen", "generate", "sagemaker-edge"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{other.parent}{os.pathsep}{ROOT / 'codegen'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"edgemote-codegen: the clients are formatted with ruff {RUFF_VERSION}, but the installed "
        f"version is 0.1.2: pip install 'edgemote[codegen]', or ruff=={RUFF_VERSION}\n"
    )
    assert not (tmp_path / "generated").exists()


def test_the_extra_asks_for_the_same_version() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert re.findall(r'"ruff\W[^"]*"', text) == [f'"ruff=={RUFF_VERSION}"']
