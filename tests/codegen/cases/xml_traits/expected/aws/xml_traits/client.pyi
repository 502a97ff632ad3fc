# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""Operations and client of XML Traits."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT: Operation[shapes.Out]
PUT_THING: Operation[None]

class _Exceptions:
    Throttled: type[errors.Throttled]

class XMLTraits(Client):
    """Client of XML Traits. `edgemote.connect(XMLTraits)` makes it."""

    exceptions: _Exceptions

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.Out:
        """Put.

        Raises Throttled.

        https://docs.aws.amazon.com/goto/WebAPI/xml-traits-2020-01-01/Put
        """

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> None:
        """PutThing.

        https://docs.aws.amazon.com/goto/WebAPI/xml-traits-2020-01-01/PutThing
        """
