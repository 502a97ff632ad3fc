"""The runtime for bundles: from a checkout, or as pip has installed it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ..errors import CodegenError

CONFIG, UNIT = "edgemote.toml", "edgemote.service"


def find_runtime() -> Path:
    """The folder of the package edgemote."""
    # Found, not imported, because the generator does not depend on what runs on the device.
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
    """Return a file for the device that is not Python, from the wheel or the checkout."""
    runtime = find_runtime()
    installed = Path(__file__).parents[1] / "device" / name
    for path in (installed, runtime.parent / "device" / name, runtime.parents[1] / name):
        if path.is_file():
            return path
    raise CodegenError(f"{installed} is missing: pip install --force-reinstall 'edgemote[codegen]'")
