# Generated, do not edit: `python -m edgemote_codegen generate --model query_strings=model.json
# query_strings` writes it anew.
# Model query_strings, API version 2020-01-01,
# sha256 7decc162e495eb3fa2b196e1bb4bab658d520fa15f74144237cf31228ef9dc0f
"""Operations and client of Query Strings."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

FIND: Operation[None]

class QueryStrings(Client):
    """Client of Query Strings. `edgemote.connect(QueryStrings)` makes it."""

    exceptions = errors

    def find(self, **params: Unpack[_params.FindParams]) -> None:
        """Find.

        https://docs.aws.amazon.com/goto/WebAPI/query-strings-2020-01-01/Find
        """
