"""What the build adds to a wheel and an sdist: the time of their source, which no git knows where
they are unpacked. `bundle` writes it into its manifest.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Where the file lies in an sdist, from which wheels take this folder; and in a wheel.
_IN_SDIST, _IN_WHEEL = "runtime/device/built", "edgemote_codegen/device/built"


class BuildTimeHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the file `built`: POSIX seconds, the same for the same source."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable" or (root / _IN_SDIST).exists():
            return  # a checkout has git, and an sdist has the file
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "built"
        path.write_text(f"{find_source_time(root)}\n")
        place = _IN_SDIST if self.target_name == "sdist" else _IN_WHEEL
        build_data["force_include"][str(path)] = place

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if folder := getattr(self, "_folder", None):
            folder.cleanup()


def find_source_time(root: Path) -> int:
    """SOURCE_DATE_EPOCH, else when the last commit was made, else when the youngest of the files
    was: an archive of a commit has its time there.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    if (root / ".git").exists():  # another repository around it tells nothing
        command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:
            said = ""
        if said.strip().isdecimal():
            return int(said)
    files = (path for name in ("codegen", "runtime") for path in (root / name).rglob("*.py"))
    return int(max(path.stat().st_mtime for path in files))
