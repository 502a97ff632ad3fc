"""Stand-ins, in a bundle's msgspec, for modules of which its import uses only a name or two.

`typing` uses two types of `re`, up to Python 3.12. `uuid` asks `platform`, which compiles regular
expressions, for the system's name. `datetime` defines in Python, up to 3.11, what it then takes
from C. Nothing uses `warnings` yet. A stand-in has these names. If another name is requested, it
loads the real module, returns the name from it, and gives up its place to it. Once msgspec is
imported, all stand-ins are removed, so that a later import loads the real module.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        _remove(self)
        return getattr(__import__(self.__name__), name)


def remove() -> None:
    """Remove all stand-ins, so that imports load the real modules."""
    for module in _stand_ins:
        _remove(module)


def _remove(module: ModuleType) -> None:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]


def _put(name: str, **members: Any) -> None:
    if name not in sys.modules:
        module = sys.modules[name] = _StandIn(name)
        vars(module).update(members)
        _stand_ins.append(module)


def _compile(pattern: str) -> Any:
    remove()
    from re import compile

    return compile(pattern)


_stand_ins: list[ModuleType] = []
_put("platform", system=lambda: os.uname().sysname)
_put("warnings")
_types: dict[str, Any] = {}
if sys.version_info < (3, 13):
    import _sre  # type: ignore[import-not-found]

    # As `re` finds them, with what it would compile the empty pattern to.
    _pattern = _sre.compile("", 0, [1], 0, {}, (None,))
    _types = {"Pattern": type(_pattern), "Match": type(_pattern.match(""))}
_put("re", compile=_compile, **_types)
if sys.version_info < (3, 12):
    import _datetime  # type: ignore[import-not-found]

    _put("datetime", **{name: member for name, member in vars(_datetime).items() if name[0] != "_"})
