"""Formats the generated files with ruff, and sorts their imports and exports."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .errors import CodegenError

# One exact version: another one may format differently, which --check would report.
RUFF_VERSION = "0.17.6"
WIDTH = 100

# Ignores the user's own configuration of ruff.
_OPTIONS = ("--isolated", "--no-cache", "--quiet", f"--line-length={WIDTH}")
_COMMANDS = (
    ("check", "--select=I,RUF022", "--fix", "--target-version=py310"),
    ("format", "--target-version=py310"),
)


def format_files(files: Mapping[str, str]) -> dict[str, str]:
    """Path -> formatted text; any number of files in one run of ruff."""
    if not files:
        return {}
    check_ruff()
    try:
        return _format_in_folder(files)
    except OSError as error:
        raise CodegenError(
            f"cannot format the clients in {tempfile.gettempdir()}: {error.strerror or error}"
        ) from None


def _format_in_folder(files: Mapping[str, str]) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="edgemote-") as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        for command in _COMMANDS:
            _run_ruff(*command, *_OPTIONS, folder)
        return {name: Path(folder, name).read_bytes().decode() for name in files}


def check_ruff() -> None:
    """Raise CodegenError if exactly this version of ruff is not installed."""
    try:
        found = version("ruff")
    except PackageNotFoundError:
        found = "none"
    if found != RUFF_VERSION:
        raise CodegenError(
            f"the clients are formatted with ruff {RUFF_VERSION}, but the installed version is "
            f"{found}: pip install 'edgemote[codegen]', or ruff=={RUFF_VERSION}"
        )


def _run_ruff(*arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise CodegenError(f"ruff {arguments[0]} failed: {said}")
