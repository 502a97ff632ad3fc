"""The runtime beside the generator: in a checkout, or as pip has installed it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ..errors import CodegenError

CONFIG, UNIT = "edgemote.toml", "edgemote.service"
_BUILT = "built"  # of a wheel or an sdist: POSIX seconds of its source
_INSTALLED = Path(__file__).parents[1] / "device"


def find_runtime() -> Path:
    """The folder of the package edgemote."""
    # Found, not imported: the generator knows nothing of what runs on the device.
    found = importlib.util.find_spec("edgemote")
    if found is None or not found.submodule_search_locations:
        raise CodegenError("the package edgemote is not installed here: pip install edgemote")
    return Path(next(iter(found.submodule_search_locations)))


def read_version() -> str:
    """`edgemote.__version__`."""
    for line in (find_runtime() / "__init__.py").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(" = ")
        if name == "__version__":
            return value.strip('"')
    raise CodegenError(f"{find_runtime()} names no version: pip install --force-reinstall edgemote")


def find_resource(name: str) -> Path:
    """A file for the device that is no Python: of the wheel, or of the checkout."""
    found = next(_list_resources(name), None)
    if found is None:
        raise CodegenError(
            f"{_INSTALLED / name} is missing: pip install --force-reinstall 'edgemote[codegen]'"
        )
    return found


def _list_resources(name: str) -> Iterator[Path]:
    runtime = find_runtime()
    for folder in (_INSTALLED, runtime.parent / "device", runtime.parents[1]):
        if (folder / name).is_file():
            yield folder / name


def find_build_time() -> int:
    """POSIX seconds, the same for the same source: SOURCE_DATE_EPOCH, else what the wheel or the
    sdist says, else when the last commit was made, else 0.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given.isdecimal() and (built := next(_list_resources(_BUILT), None)) is not None:
        given = built.read_text().strip()
    if not given.isdecimal():
        command = ["git", "-C", str(find_runtime()), "log", "-1", "--format=%ct"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return 0
        given = done.stdout.strip()
    return int(given) if given.isdecimal() else 0
