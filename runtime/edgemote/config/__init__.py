"""The agent's configuration.

    config = load("/etc/edgemote.toml")
    config.heartbeat.period_s

`keys` is the table of all keys, `sections` the structs, `description` what people read.
"""

from __future__ import annotations

from .loading import load
from .sections import Config

__all__ = ["Config", "describe", "load"]


def describe() -> str:
    """A whole configuration to fill in: TOML with every key, its meaning and its default."""
    from .description import describe_all

    return describe_all()
