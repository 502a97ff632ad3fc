# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Operations and client of Python Names."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

IMPORT: Operation[shapes.importResponse]
LIST: Operation[None]
CLOSE: Operation[None]

class PythonNames(Client):
    """Client of Python Names. `edgemote.connect(PythonNames)` makes it."""

    exceptions = errors

    def import_(self, /, **params: Unpack[_params.ImportParams]) -> shapes.importResponse:
        """Import.

        https://docs.aws.amazon.com/goto/WebAPI/python-names-2020-01-01/Import
        """

    def list(self, **params: Unpack[_params.ListParams]) -> None:
        """List.

        https://docs.aws.amazon.com/goto/WebAPI/python-names-2020-01-01/List
        """

    def close_(self) -> None:
        """Close.

        https://docs.aws.amazon.com/goto/WebAPI/python-names-2020-01-01/Close
        """
