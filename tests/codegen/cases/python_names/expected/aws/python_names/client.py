# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Operations and client of Python Names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

IMPORT = Operation(
    name="Import",
    path="/import",
    input=shapes.importRequest,
    output=shapes.importResponse,
)

LIST: Operation[None] = Operation(
    name="List",
    path="/List",
    input=shapes.ListRequest,
)

CLOSE: Operation[None] = Operation(
    name="Close",
    path="/Close",
)


class PythonNames(Client):
    """Client of Python Names. `edgemote.connect(PythonNames)` makes it."""

    exceptions = errors
    service = Service(
        name="python_names",
        service_id="Python Names",
        signing_name="python-names",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def import_(self, /, **params: Unpack[_params.ImportParams]) -> shapes.importResponse:
        """Import.

        https://docs.aws.amazon.com/goto/WebAPI/python-names-2020-01-01/Import
        """
        return self._call(IMPORT, params)

    def list(self, **params: Unpack[_params.ListParams]) -> None:
        """List.

        https://docs.aws.amazon.com/goto/WebAPI/python-names-2020-01-01/List
        """
        self._call(LIST, params)

    def close_(self) -> None:
        """Close.

        https://docs.aws.amazon.com/goto/WebAPI/python-names-2020-01-01/Close
        """
        self._call(CLOSE, {})
