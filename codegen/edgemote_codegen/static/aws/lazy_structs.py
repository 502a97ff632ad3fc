"""Structs of large services, whose modules are loaded when they are first used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def load_late(package: str, modules: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return a module's `__getattr__`, which loads the module of a struct.

    Args:
        package: the service's, such as `aws.ec2`
        modules: module below the package -> its structs
    """

    homes = {name: module for module, names in modules.items() for name in names}

    def find(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = f"{package}.{home}"
        __import__(module)
        found = getattr(sys.modules[module], name)
        # The next time, __getattr__ is not needed.
        for face in (sys.modules[package], sys.modules[f"{package}.shapes"]):
            setattr(face, name, found)
        return found

    return find
