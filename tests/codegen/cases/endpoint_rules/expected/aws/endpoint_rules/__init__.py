# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 b970629782418198eb72b8e9a494ea05fa1b560337bac8cefd6ca5c3e03b39be
"""Endpoint Rules: client, structs and errors."""

from .client import (
    EndpointRules,
)
from .shapes import (
    GetStreamRequest,
    GetStreamsRequest,
    Stream,
)

__all__ = [
    "EndpointRules",
    "GetStreamRequest",
    "GetStreamsRequest",
    "Stream",
]
