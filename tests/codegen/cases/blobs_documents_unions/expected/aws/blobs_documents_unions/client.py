# Generated, do not edit: `python -m edgemote_codegen generate --model
# blobs_documents_unions=model.json blobs_documents_unions` writes it anew.
# Model blobs_documents_unions, API version 2020-01-01,
# sha256 a449748c1ae3c7696ac07b472e6fc7a78bce65e984cc622c62e4de3c2cd827ba
"""Operations and client of Blobs Documents Unions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT = Operation(
    name="Put",
    path="/Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)


class BlobsDocumentsUnions(Client):
    """Client of Blobs Documents Unions. `edgemote.connect(BlobsDocumentsUnions)` makes it."""

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

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/blobs-documents-unions-2020-01-01/Put
        """
        return self._call(PUT, params)
