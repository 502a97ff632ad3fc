# Generated, do not edit: `python -m edgemote_codegen generate --no-docs --model no_docs=model.json
# no_docs` writes it anew.
# Model no_docs, API version 2020-01-01,
# sha256 cbe342beab07a8f540795cde6768f210c93a85f063244ddd48676e001ab9e0d7
"""Operations and client of No Docs."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT: Operation[None]

class _Exceptions:
    Bad: type[errors.Bad]

class NoDocs(Client):
    """Client of No Docs. `edgemote.connect(NoDocs)` makes it."""

    exceptions: _Exceptions

    def put(self, **params: Unpack[_params.PutParams]) -> None: ...
