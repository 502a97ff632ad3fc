"""The agent's configuration: `load(path).heartbeat.period_s`; `schema` has its keys."""

from __future__ import annotations

import gc
import sys

from edgemote.agent.config.schema import Config

__all__ = ["Config", "load"]

# Of the standard library, in 3.10 under other names: tomllib has the agent's only patterns.
_READERS = {"tomllib", "tomli", "string", "re", "sre_compile", "sre_constants", "sre_parse"}


def load(path: str) -> Config:
    """Read and check a configuration: TOML, or the JSON of the retired agent.

    Relative paths in it start at its folder. Raises ConfigError with a line for each problem:
    `FILE: section.key: expected ..., got ...`, which never shows a value that may be secret.
    """
    before = set(sys.modules)
    try:
        from edgemote.agent.config import loading

        return loading.load(path)
    finally:
        # Unload what only loading needs: the peak is 280 KiB lower.
        loaded = set(sys.modules) - before
        if "re" in sys.modules:
            sys.modules["re"].purge()  # it caches tomllib's patterns
        if "re" in loaded:  # and would be kept by how patterns are pickled
            sys.modules["copyreg"].dispatch_table.pop(sys.modules["re"].Pattern, None)
        for name in loaded:
            if name.startswith(f"{__name__}.") or name.partition(".")[0] in _READERS:
                del sys.modules[name]
                globals().pop(name.rpartition(".")[2], None)
        gc.collect()
