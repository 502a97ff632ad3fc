"""The agent's configuration: `load(path).heartbeat.period_s`; `schema` has its keys."""

from __future__ import annotations

import gc
import sys

from edgemote.agent.config.schema import Config

__all__ = ["Config", "load"]


def load(path: str) -> Config:
    """Read and check TOML, or the retired agent's JSON.

    Relative paths are taken from its folder. Raises ConfigError, a line for each problem, without
    secrets.
    """
    before = set(sys.modules)
    try:
        from edgemote.agent.config import loading

        return loading.load(path)
    finally:
        # The peak is 60 KiB lower without what only the start needs.
        for name in set(sys.modules) - before:
            if name.startswith((f"{__name__}.", "tomllib", "tomli")):
                del sys.modules[name]
                globals().pop(name.rpartition(".")[2], None)
        sys.modules["re"].purge()
        gc.collect()
