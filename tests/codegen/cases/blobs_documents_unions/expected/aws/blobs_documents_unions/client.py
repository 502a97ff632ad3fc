# Generated, do not edit: `python -m edgemote_codegen generate --model
# blobs_documents_unions=model.json blobs_documents_unions` writes it anew.
# Model blobs_documents_unions, API version 2020-01-01,
# sha256 a449748c1ae3c7696ac07b472e6fc7a78bce65e984cc622c62e4de3c2cd827ba
"""Client of Blobs Documents Unions; client.pyi has its types and documentation."""

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


class BlobsDocumentsUnions(Client):
    exceptions = errors
    service = Service(
        name="blobs_documents_unions",
        service_id="Blobs Documents Unions",
        signing_name="blobs-documents-unions",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        return self._call(PUT, params)
