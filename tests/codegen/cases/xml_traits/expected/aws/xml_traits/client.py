# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""Operations and client of XML Traits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_xml
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT = Operation(
    name="Put",
    path="/put",
    input=shapes.In,
    body_name="Root",
    body_namespace=("in", "urn:inner"),
    output=shapes.Out,
)

PUT_THING: Operation[None] = Operation(
    name="PutThing",
    path="/thing",
    input=shapes.PutThingRequest,
    payload="Thing",
    body_name="Sent",
    body_namespace=("", "urn:outer"),
)


class XMLTraits(Client):
    """Client of XML Traits. `edgemote.connect(XMLTraits)` makes it."""

    exceptions = errors
    service = Service(
        name="xml_traits",
        service_id="XML Traits",
        signing_name="xml-traits",
        api_version="2020-01-01",
        protocol=rest_xml,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.Out:
        """Put.

        Raises Throttled.

        https://docs.aws.amazon.com/goto/WebAPI/xml-traits-2020-01-01/Put
        """
        return self._call(PUT, params)

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> None:
        """PutThing.

        https://docs.aws.amazon.com/goto/WebAPI/xml-traits-2020-01-01/PutThing
        """
        self._call(PUT_THING, params)
