# Generated, do not edit: `python -m edgemote_codegen generate --model xml_forms=model.json
# xml_forms` writes it anew.
# Model xml_forms, API version 2020-01-01,
# sha256 eab8b3616eca1af7e3a8f598a445b1f38d8d7e320ee45b075524cf933b1d60bd
"""Operations and client of XML Forms."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_THING: Operation[shapes.PutThingResponse]
SET_OWNER: Operation[shapes.SetOwnerResponse]

class _Exceptions:
    NoSuchThing: type[errors.NoSuchThing]

class XMLForms(Client):
    """Client of XML Forms. `edgemote.connect(XMLForms)` makes it."""

    exceptions: _Exceptions

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> shapes.PutThingResponse:
        """PutThing.

        Raises NoSuchThing.

        https://docs.aws.amazon.com/goto/WebAPI/xml-forms-2020-01-01/PutThing
        """

    def set_owner(self, **params: Unpack[_params.SetOwnerParams]) -> shapes.SetOwnerResponse:
        """SetOwner.

        https://docs.aws.amazon.com/goto/WebAPI/xml-forms-2020-01-01/SetOwner
        """
