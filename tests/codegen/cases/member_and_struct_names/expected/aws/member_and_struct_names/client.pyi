# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 8833106467ef4e5c24a1c0234ba9009fa030d457fc6e60d63f0e939c53ab8844
"""Operations and client of Member And Struct Names."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]

class MemberAndStructNames(Client):
    """Client of Member And Struct Names. `edgemote.connect(MemberAndStructNames)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/member-and-struct-names-2020-01-01/Put
        """
