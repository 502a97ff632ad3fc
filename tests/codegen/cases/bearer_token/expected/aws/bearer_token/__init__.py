# Generated, do not edit: `python -m edgemote_codegen generate --model bearer_token=model.json
# bearer_token` writes it anew.
# Model bearer_token, API version 2020-01-01,
# sha256 3c1a44b9cabe365ba50136606f8187e3cb41e20ee64a3e7c0c2003703455aee9
"""Tokens: client, structs and errors."""

from .client import Tokens
from .errors import Refused
from .shapes import GetRequest, GetResponse

__all__ = ["GetRequest", "GetResponse", "Refused", "Tokens"]
