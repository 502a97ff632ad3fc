# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_docs=model.json
# awkward_docs` writes it anew.
# Model awkward_docs, API version 2020-01-01,
# sha256 820c5888e5037c7c79a274ad630fb4632eae7121b2c81d946578270c8cb88391
"""Operations and client of Awkward Docs."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT: Operation[None]

class _Exceptions:
    Bad: type[errors.Bad]

class AwkwardDocs(Client):
    """Client of Awkward Docs. `edgemote.connect(AwkwardDocs)` makes it."""

    exceptions: _Exceptions

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Puts `things` with a \"\"\" in it, ends in a backslash \\

        - one
        - two

        Raises Bad.

        https://docs.aws.amazon.com/goto/WebAPI/awkward-docs-2020-01-01/Put
        """
