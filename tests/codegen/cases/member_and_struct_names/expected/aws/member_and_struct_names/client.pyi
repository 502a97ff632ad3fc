# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 c5bb3e94721d374806e1e6e9918795d541ddc0a77aeff6042c5a893a4b2a236c
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
