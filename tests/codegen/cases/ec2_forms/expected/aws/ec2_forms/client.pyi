# Generated, do not edit: `python -m edgemote_codegen generate --model ec2_forms=model.json
# ec2_forms` writes it anew.
# Model ec2_forms, API version 2020-01-01,
# sha256 b0d57dfb1abc06484c73b74e211bf549ba4ce8ab54b1bb2951f1aa31947e848d
"""Operations and client of EC2 Forms."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_THING: Operation[shapes.PutThingResult]

class _Exceptions:
    NoSuchThing: type[errors.NoSuchThing]

class EC2Forms(Client):
    """Client of EC2 Forms. `edgemote.connect(EC2Forms)` makes it."""

    exceptions: _Exceptions

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> shapes.PutThingResult:
        """PutThing.

        https://docs.aws.amazon.com/goto/WebAPI/ec2-forms-2020-01-01/PutThing
        """
