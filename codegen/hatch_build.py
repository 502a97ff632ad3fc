"""Record the time of the source in wheels and sdists, which are used without git. `bundle` writes
it into the manifest.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Where the file is in an sdist, from which a wheel takes the whole folder; and in a wheel.
_IN_SDIST, _IN_WHEEL = "runtime/device/built", "edgemote_codegen/device/built"


class BuildTimeHook(BuildHookInterface):  # type: ignore[misc]
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
    """Return SOURCE_DATE_EPOCH, else the time of the last commit, else that of the newest file: the
    files of a commit's archive have the commit's time.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    if (root / ".git").exists():  # a repository that only surrounds it is not its own
        command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:
            said = ""
        if said.strip().isdecimal():
            return int(said)
    files = (path for name in ("codegen", "runtime") for path in (root / name).rglob("*.py"))
    return int(max(path.stat().st_mtime for path in files))
