"""Verifies that a bundle was copied completely: all files match its manifest, and no others exist.

This finds a defective flash cell or an incomplete copy before it causes a crash in the field.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

MANIFEST = "manifest.json"
MANIFEST_LIMIT_BYTES = 1_048_576


def verify(folder: str) -> list[str]:
    """Return a line for each file that differs, is missing or does not belong to the bundle.

    Raises ValueError if the folder has no valid manifest.
    """
    path = os.path.join(folder, MANIFEST)
    try:
        expected: dict[str, str] = dict(_read(path)["files"])
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError(f"{path} is not the manifest of a bundle") from None
    lines = []
    found = set(_list_files(folder, expected))
    for name in sorted({*expected, *found} - {MANIFEST}):
        if name not in expected:
            lines.append(f"stray: {name}")
        elif name not in found:
            lines.append(f"missing: {name}")
        elif _hash_file(os.path.join(folder, name)) != expected[name]:
            lines.append(f"differs: {name}")
    return lines


def read_build_time(folder: str | None = None) -> float:
    """Return when the bundle was built, in POSIX seconds; 0.0 without a manifest."""
    try:
        with open(os.path.join(folder or own_folder(), MANIFEST), "rb") as file:
            # It is the first key. Parsing the whole file would load a parser into running agents.
            _, _, built = file.read(64).partition(b'{\n "built": ')
        return float(int(built.partition(b",")[0]))
    except (OSError, ValueError):
        return 0.0


def own_folder() -> str:
    """The folder that the bundle was copied to."""
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _read(path: str) -> Any:
    # From the standard library, because msgspec may be damaged.
    from json import loads

    with open(path, "rb") as file:
        return loads(file.read(MANIFEST_LIMIT_BYTES))


def _list_files(folder: str, expected: dict[str, str]) -> list[str]:
    """Return the files of the bundle's packages, without other files that the user added."""
    names = [name for name in os.listdir(folder) if name in expected]
    for package in {name.partition("/")[0] for name in expected if "/" in name}:
        for parent, folders, files in os.walk(os.path.join(folder, package)):
            folders[:] = [name for name in folders if name != "__pycache__"]
            names += [os.path.relpath(os.path.join(parent, name), folder) for name in files]
    return names


def _hash_file(path: str) -> str:
    from hashlib import sha256

    digest = sha256()
    with open(path, "rb") as file:
        while chunk := file.read(65_536):
            digest.update(chunk)
    return digest.hexdigest()
