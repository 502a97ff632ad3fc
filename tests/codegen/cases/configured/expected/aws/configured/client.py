# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model configured, API version 2020-01-01,
# sha256 b8d8343b228a3bb6e862248dce37c0d4f34402e7943b516721a0623202779588
"""Operations and client of Configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

GET: Operation[None] = Operation(
    name="Get",
    path="/Get",
    input=shapes.GetRequest,
)


class Configured(Client):
    """Client of Configured. `edgemote.connect(Configured)` makes it."""

    exceptions = errors
    service = Service(
        name="configured",
        service_id="Configured",
        signing_name="configured",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get(self, **params: Unpack[_params.GetParams]) -> None:
        self._call(GET, params)
