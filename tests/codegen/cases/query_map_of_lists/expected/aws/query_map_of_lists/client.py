# Generated, do not edit: `python -m edgemote_codegen generate --model query_map_of_lists=model.json
# query_map_of_lists` writes it anew.
# Model query_map_of_lists, API version 2020-01-01,
# sha256 80a83c4040da263f7ea7fd60182bf0374ee84a424caf2019345b31ac645859ef
"""Client of Query Map Of Lists; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

FIND = Operation(
    name="Find",
    method="GET",
    path="/things",
    input=shapes.FindRequest,
    query_map="Filters",
)


class QueryMapOfLists(Client):
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

    def find(self, **params):
        self._call(FIND, params)
