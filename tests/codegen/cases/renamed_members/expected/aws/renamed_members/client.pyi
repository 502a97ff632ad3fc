# Generated, do not edit: `python -m edgemote_codegen generate --model renamed_members=model.json
# renamed_members` writes it anew.
# Model renamed_members, API version 2020-01-01,
# sha256 70028c645b5f3c95042e1151152ff63180ecf333354d2ccd9ce504b8fd127333
"""Operations and client of Renamed Members."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]

class RenamedMembers(Client):
    """Client of Renamed Members. `edgemote.connect(RenamedMembers)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/renamed-members-2020-01-01/Put
        """
