# Generated, do not edit: `python -m edgemote_codegen generate --model
# bearer_token_service=model.json bearer_token_service` writes it anew.
# Model bearer_token_service, API version 2020-01-01,
# sha256 f94f2166397f6e1350acc9b143a6ae20dda7cd445a213fd82693c27206b14d7f
"""Tokens: client, structs and errors."""

from .client import Tokens
from .errors import Refused
from .shapes import GetRequest, GetResponse

__all__ = ["GetRequest", "GetResponse", "Refused", "Tokens"]
