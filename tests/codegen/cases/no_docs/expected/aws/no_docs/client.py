# Generated, do not edit: `python -m edgemote_codegen generate --no-docs --model no_docs=model.json
# no_docs` writes it anew.
# Model no_docs, API version 2020-01-01,
# sha256 cbe342beab07a8f540795cde6768f210c93a85f063244ddd48676e001ab9e0d7
"""Operations and client of No Docs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT: Operation[None] = Operation(
    name="Put",
    path="/Put",
    input=shapes.PutRequest,
)


class NoDocs(Client):
    """Client of No Docs. `edgemote.connect(NoDocs)` makes it."""

    exceptions = errors
    service = Service(
        name="no_docs",
        service_id="No Docs",
        signing_name="no-docs",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        self._call(PUT, params)
