"""The copied bundle, as the board's stock Python finds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import edgemote

BUNDLE = Path(edgemote.__file__).parents[1]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with nothing but the bundle."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_it_is_whole():
    shown = run(BUNDLE, "-m", "edgemote", "--verify")
    assert (shown.returncode, shown.stderr) == (0, "")


def test_one_changed_byte_is_found(tmp_path):
    copy = tmp_path / "bundle"
    shutil.copytree(BUNDLE, copy)
    [core] = (copy / "msgspec").glob("_core*.so")
    content = bytearray(core.read_bytes())
    content[len(content) // 2] ^= 1
    core.write_bytes(content)
    shown = run(copy, "-m", "edgemote", "--verify")
    assert (shown.returncode, shown.stderr) == (1, f"differs: msgspec/{core.name}\n")


def test_nothing_else_is_needed():
    script = (
        "import sys, edgemote, aws.sagemaker_edge, msgspec\n"
        "print(*sorted({m.__file__.split('/')[-2] for m in sys.modules.values()"
        " if '/runtime/' in (getattr(m, '__file__', '') or '')}))"
    )
    assert run(BUNDLE, "-c", script).stdout.split() == [
        "aws",
        "edgemote",
        "msgspec",
        "sagemaker_edge",
    ]
