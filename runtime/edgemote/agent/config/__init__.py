"""The agent's configuration: `load(path).heartbeat.period_s`; `schema` has its keys."""

from __future__ import annotations

import gc
import sys

from edgemote.agent.config.schema import Config

__all__ = ["Config", "load"]


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
        # Unload what only loading needs: the peak is 60 KiB lower.
        for name in set(sys.modules) - before:
            if name.startswith((f"{__name__}.", "tomllib", "tomli")):
                del sys.modules[name]
                globals().pop(name.rpartition(".")[2], None)
        if "re" in sys.modules:  # it caches tomllib's patterns
            sys.modules["re"].purge()
        gc.collect()
