# Generated, do not edit: `python -m edgemote_codegen generate --model
# one_name_in_head_and_body=model.json one_name_in_head_and_body` writes it anew.
# Model one_name_in_head_and_body, API version 2020-01-01,
# sha256 4f6c89d32feef8abf44e3c26858f19ec6bc105531ce9f9ff8c7d2cae8face3eb
"""Operations and client of One Name In Head And Body."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.PutResponse]

class OneNameInHeadAndBody(Client):
    """Client of One Name In Head And Body. `edgemote.connect(OneNameInHeadAndBody)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/one-name-in-head-and-body-2020-01-01/Put
        """
