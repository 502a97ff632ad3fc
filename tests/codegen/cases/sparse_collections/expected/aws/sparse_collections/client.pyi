# Generated, do not edit: `python -m edgemote_codegen generate --model sparse_collections=model.json
# sparse_collections` writes it anew.
# Model sparse_collections, API version 2020-01-01,
# sha256 07ec050f02133df6909b88e4e088bcb50cb50207be68f160ad6a8893a432483c
"""Operations and client of Sparse Collections."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]

class SparseCollections(Client):
    """Client of Sparse Collections. `edgemote.connect(SparseCollections)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/sparse-collections-2020-01-01/Put
        """
