# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model configured, API version 2020-01-01,
# sha256 b8d8343b228a3bb6e862248dce37c0d4f34402e7943b516721a0623202779588
"""Operations and client of Configured."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

GET: Operation[None]

class Configured(Client):
    """Client of Configured. `edgemote.connect(Configured)` makes it."""

    exceptions = errors

    def get(self, **params: Unpack[_params.GetParams]) -> None: ...
