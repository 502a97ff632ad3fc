# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model protocol_configured, API version 2020-01-01,
# sha256 5806ef5e49ff58e9d5448d4849e61f574c4a123ffd6617fa2ac1cf2b1bfc1059
"""Protocol Configured: client, structs and errors."""

from .client import ProtocolConfigured
from .shapes import PutRequest

__all__ = ["ProtocolConfigured", "PutRequest"]
