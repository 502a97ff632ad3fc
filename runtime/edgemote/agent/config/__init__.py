"""The agent's configuration.

    config = load("/etc/edgemote.toml")
    config.heartbeat.period_s

`keys` is the table of all keys, `sections` the structs, `description` what people read.
"""

from __future__ import annotations

import sys

from edgemote.agent.config.sections import Config

__all__ = ["Config", "describe", "load"]


def load(path: str) -> Config:
    """Read and check the agent's configuration: our TOML, or the retired agent's JSON.

    Relative paths in it are taken from its folder. Raises ConfigError with a line for each problem:
    `FILE: section.key: expected ..., got ...`; never with a value that might be a secret.
    """
    from edgemote.agent.config import loading

    try:
        return loading.load(path)
    finally:
        _unload()


def _unload() -> None:
    """Forget what is needed at the start only: what loads next takes its place in memory, and the
    agent's peak on armhf is up to 190 KiB lower.
    """
    for name in [name for name in sys.modules if name.startswith(f"{__name__}.")]:
        if name != Config.__module__:
            del sys.modules[name]
            globals().pop(name.rpartition(".")[2], None)


def describe() -> str:
    """A whole configuration to fill in: TOML with every key, its meaning and its default."""
    from edgemote.agent.config.description import describe_all

    return describe_all()
