# Generated, do not edit: `python -m edgemote_codegen generate --model query_strings=model.json
# query_strings` writes it anew.
# Model query_strings, API version 2020-01-01,
# sha256 7decc162e495eb3fa2b196e1bb4bab658d520fa15f74144237cf31228ef9dc0f
"""Operations and client of Query Strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

FIND: Operation[None] = Operation(
    name="Find",
    method="GET",
    path="/things",
    static_query="find&type=all",
    input=shapes.FindRequest,
    query={
        "owner": "Owner",
        "max-results": "Limit",
        "since": "Since",
        "state": "States",
        "Deep": "Deep",
    },
    query_map="Tags",
)


class QueryStrings(Client):
    """Client of Query Strings. `edgemote.connect(QueryStrings)` makes it."""

    exceptions = errors
    service = Service(
        name="query_strings",
        service_id="Query Strings",
        signing_name="query-strings",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def find(self, **params: Unpack[_params.FindParams]) -> None:
        """Find.

        https://docs.aws.amazon.com/goto/WebAPI/query-strings-2020-01-01/Find
        """
        self._call(FIND, params)
