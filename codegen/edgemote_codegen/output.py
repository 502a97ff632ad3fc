"""Writing what was rendered, or comparing it with what is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .errors import CodegenError

_IGNORED = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")


def write_files(out: Path, files: Mapping[str, str]) -> list[str]:
    """Make `out/aws` hold exactly these files; returns those that changed.

    The new tree is built beside the old one and put in its place by renaming, so that nothing is ever half written.
    """
    different = compare_files(out, files)
    if not different:
        return []
    try:
        out.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".aws-", dir=out))
    except OSError as error:
        raise CodegenError(f"cannot write to {out}: {error.strerror or error}") from None
    try:
        for name, text in files.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        target = out / "aws"
        if target.exists():
            os.replace(target, work / "old")
        os.replace(work / "aws", target)
    except OSError as error:
        raise CodegenError(f"cannot write to {out}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return different


def compare_files(out: Path, files: Mapping[str, str]) -> list[str]:
    """What differs, is missing or is stray below `out/aws`, one line each."""
    root = out / "aws"
    there = {
        path.relative_to(out).as_posix(): path
        for path in root.rglob("*")
        if path.is_file() and not any(part in _IGNORED for part in path.parts)
    }
    lines = []
    for name in sorted({*there, *files}):
        if name not in files:
            lines.append(f"stray: {out / name}")
        elif name not in there:
            lines.append(f"missing: {out / name}")
        elif there[name].read_bytes() != files[name].encode():
            lines.append(f"differs: {out / name}")
    return lines
