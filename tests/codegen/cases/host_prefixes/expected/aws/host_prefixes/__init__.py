# Generated, do not edit: `python -m edgemote_codegen generate --model host_prefixes=model.json
# host_prefixes` writes it anew.
# Model host_prefixes, API version 2020-01-01,
# sha256 a7d2f242fd7e8445dbec1e3c795b440f20824a6af333ab228a86933e73e757be
"""Host Prefixes: client, structs and errors."""

from .client import HostPrefixes
from .shapes import GetAccountRequest

__all__ = ["GetAccountRequest", "HostPrefixes"]
