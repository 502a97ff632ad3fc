"""Writes the generated files, or compares them with those that exist."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .errors import CodegenError

_IGNORED = frozenset(("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"))

# The beginning of the first line of every generated file.
MARK = b"# Generated"

# Linux: renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_EXCHANGE).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write_files(out: Path, files: Mapping[str, str]) -> list[str]:
    """Make `out/aws` hold exactly these files; returns those that changed.

    The new tree is built in `out/.aws-new` and exchanged with the old one in a single step, so that
    a run that is killed leaves either of them complete. If the system has no such step, files are
    replaced one by one: each is complete, and `--check` shows whether all of them are new. The next
    run removes what a killed one left in `.aws-new`.
    """
    try:
        refuse_other_kinds(out)
        different = compare_files(out, files)
        if not different:
            return []
        refuse_foreign_files(out / "aws")
        out.mkdir(parents=True, exist_ok=True)
        with _alone_in(out):
            _replace_tree(out / "aws", out / ".aws-new", files)
    except OSError as error:
        raise CodegenError(f"cannot write to {out}: {error.strerror or error}") from None
    return different


def refuse_other_kinds(out: Path) -> None:
    """Raise CodegenError if a path that must be a folder is something else. The package must not be
    a link: replacing it would leave what it leads to as it is.
    """
    root = out / "aws"
    for path in (*reversed(out.parents), out, root):
        is_link = path.is_symlink()
        if (path.exists() or is_link) and (not path.is_dir() or (is_link and path is root)):
            raise CodegenError(
                f"{path} is not a folder: move it away, or name another folder with --out"
            )


def compare_files(out: Path, files: Mapping[str, str]) -> list[str]:
    """A line for each file below `out/aws` that differs, is missing or is stray. Caches and empty
    folders do not count.
    """
    there = _list_files(out)
    lines = []
    for name in sorted({*there, *files}):
        if name not in files:
            lines.append(f"stray: {out / name}")
        elif name not in there:
            lines.append(f"missing: {out / name}")
        elif _read(there[name]) != files[name].encode():
            lines.append(f"differs: {out / name}")
    return lines


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:  # a broken link, or a file without permission to read it
        return None


def refuse_foreign_files(root: Path) -> None:
    """Raise CodegenError for a file that was not generated, which replacing the tree would lose."""
    for name, path in _list_files(root.parent).items():
        with path.open("rb") as file:
            start = file.read(len(MARK))
        if start not in (MARK, b""):
            raise CodegenError(
                f"{root.parent / name} was not written by this generator: "
                "move it away, or name another folder with --out"
            )


def _list_files(out: Path) -> dict[str, Path]:
    """Path below `out` -> path, for all files in `out/aws`."""
    found = {}
    for path in (out / "aws").rglob("*"):
        relative = path.relative_to(out)
        if (path.is_symlink() or path.is_file()) and _IGNORED.isdisjoint(relative.parts):
            found[relative.as_posix()] = path
    return found


@contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Lets one run write at a time; others wait. The lock ends with the process."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _replace_tree(root: Path, work: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(work, ignore_errors=True)
    try:
        for name, text in files.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        if not root.exists():
            os.rename(work / "aws", root)
        elif not exchange(work / "aws", root):
            _replace_each(root, work / "aws")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths atomically. Returns False if the system or the file system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False  # not Linux, or a C library from before 2018
    arguments = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    if rename(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    # EXDEV: overlayfs, as used in containers, cannot rename folders of a lower layer.
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV):
        return False
    raise OSError(code, os.strerror(code))


def _replace_each(root: Path, new: Path) -> None:
    names = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in _list_files(root.parent).values():
        if path.relative_to(root) not in names:
            path.unlink()
    for name in sorted(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new / name, root / name)
