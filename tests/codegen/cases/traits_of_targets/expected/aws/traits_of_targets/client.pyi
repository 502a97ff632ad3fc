# Generated, do not edit: `python -m edgemote_codegen generate --model traits_of_targets=model.json
# traits_of_targets` writes it anew.
# Model traits_of_targets, API version 2020-01-01,
# sha256 20af37f6f48699009de64231abcdfc791afa58a15cc0bb366813fdcfefb4964c
"""Operations and client of Traits."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

ASK: Operation[shapes.AskOutput]

class _Exceptions:
    Refused: type[errors.Refused]

class Traits(Client):
    """Client of Traits. `edgemote.connect(Traits)` makes it."""

    exceptions: _Exceptions

    def ask(self, **params: Unpack[_params.AskParams]) -> shapes.AskOutput:
        """Ask.

        Raises Refused.
        """
