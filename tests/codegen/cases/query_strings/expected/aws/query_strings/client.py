# Generated, do not edit: `python -m edgemote_codegen generate --model query_strings=model.json
# query_strings` writes it anew.
# Model query_strings, API version 2020-01-01,
# sha256 7decc162e495eb3fa2b196e1bb4bab658d520fa15f74144237cf31228ef9dc0f
"""Client of Query Strings; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

FIND = Operation(
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

    def find(self, **params):
        self._call(FIND, params)
