# Generated, do not edit: `python -m edgemote_codegen generate --model sparse_collections=model.json
# sparse_collections` writes it anew.
# Model sparse_collections, API version 2020-01-01,
# sha256 07ec050f02133df6909b88e4e088bcb50cb50207be68f160ad6a8893a432483c
"""Client of Sparse Collections; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    path="/Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)


class SparseCollections(Client):
    exceptions = errors
    service = Service(
        name="sparse_collections",
        service_id="Sparse Collections",
        signing_name="sparse-collections",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        return self._call(PUT, params)
