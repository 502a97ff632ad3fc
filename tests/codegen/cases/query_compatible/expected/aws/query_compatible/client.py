# Generated, do not edit: `python -m edgemote_codegen generate --model query_compatible=model.json
# query_compatible` writes it anew.
# Model query_compatible, API version 2020-01-01,
# sha256 f7bed54eaf361ce54940221c4cf5d4d612e2525c5a4af758588d9a4048b65d2f
"""Client of Query Compatible; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
)


class QueryCompatible(Client):
    exceptions = errors
    service = Service(
        name="query_compatible",
        service_id="Query Compatible",
        signing_name="query-compatible",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Example_20200101",
        json_version="1.0",
        query_compatible=True,
    )

    def put(self, **params):
        self._call(PUT, params)
