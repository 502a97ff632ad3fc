# Generated, do not edit: `python -m edgemote_codegen generate --model query_map_of_lists=model.json
# query_map_of_lists` writes it anew.
# Model query_map_of_lists, API version 2020-01-01,
# sha256 80a83c4040da263f7ea7fd60182bf0374ee84a424caf2019345b31ac645859ef
"""Operations and client of Query Map Of Lists."""

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
    input=shapes.FindRequest,
    query_map="Filters",
)


class QueryMapOfLists(Client):
    """Client of Query Map Of Lists. `edgemote.connect(QueryMapOfLists)` makes it."""

    exceptions = errors
    service = Service(
        name="query_map_of_lists",
        service_id="Query Map Of Lists",
        signing_name="query-map-of-lists",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def find(self, **params: Unpack[_params.FindParams]) -> None:
        """Find.

        https://docs.aws.amazon.com/goto/WebAPI/query-map-of-lists-2020-01-01/Find
        """
        self._call(FIND, params)
