# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""Client of XML Traits; client.pyi has its types and documentation."""

from .. import rest_xml
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    path="/put",
    input=shapes.In,
    body_name="Root",
    body_namespace=("in", "urn:inner"),
    output=shapes.Out,
)

PUT_THING = Operation(
    name="PutThing",
    path="/thing",
    input=shapes.PutThingRequest,
    payload="Thing",
    body_name="Sent",
    body_namespace=("", "urn:outer"),
)


class XMLTraits(Client):
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

    def put(self, **params):
        return self._call(PUT, params)

    def put_thing(self, **params):
        self._call(PUT_THING, params)
