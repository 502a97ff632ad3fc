# Generated, do not edit: `python -m edgemote_codegen generate --model query_strings=model.json
# query_strings` writes it anew.
# Model query_strings, API version 2020-01-01,
# sha256 7decc162e495eb3fa2b196e1bb4bab658d520fa15f74144237cf31228ef9dc0f
"""Query Strings: client, structs and errors."""

from .client import QueryStrings
from .shapes import FindRequest

__all__ = ["FindRequest", "QueryStrings"]
