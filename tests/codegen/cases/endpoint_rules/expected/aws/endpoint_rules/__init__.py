# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json
# endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 210c8cd0af61558b6e1b61b359e1ef26d7285df658401dfb17280b8c3a3930e5
"""Endpoint Rules: client, structs and errors."""

from .client import EndpointRules
from .shapes import GetStreamRequest, GetStreamsRequest

__all__ = ["EndpointRules", "GetStreamRequest", "GetStreamsRequest"]
