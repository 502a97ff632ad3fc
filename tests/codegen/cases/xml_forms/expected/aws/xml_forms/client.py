# Generated, do not edit: `python -m edgemote_codegen generate --model xml_forms=model.json
# xml_forms` writes it anew.
# Model xml_forms, API version 2020-01-01,
# sha256 eab8b3616eca1af7e3a8f598a445b1f38d8d7e320ee45b075524cf933b1d60bd
"""Client of XML Forms; client.pyi has its types and documentation."""

from .. import rest_xml
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_THING = Operation(
    name="PutThing",
    method="PUT",
    path="/things/{Id}",
    input=shapes.PutThingRequest,
    labels={"Id": "Id"},
    payload="Thing",
    body_name="ThingConfiguration",
    body_namespace=("", "http://example.com/doc/"),
    output=shapes.PutThingResponse,
    result_headers={"Location": "Location"},
    result_payload="Thing",
)

SET_OWNER = Operation(
    name="SetOwner",
    path="/owner",
    input=shapes.SetOwnerRequest,
    body_name="OwnerSetting",
    body_namespace=("", "http://example.com/doc/"),
    output=shapes.SetOwnerResponse,
)


class XMLForms(Client):
    exceptions = errors
    service = Service(
        name="xml_forms",
        service_id="XML Forms",
        signing_name="xml-forms",
        api_version="2020-01-01",
        protocol=rest_xml,
        resolve=resolve,
        errors=errors,
    )

    def put_thing(self, **params):
        return self._call(PUT_THING, params)

    def set_owner(self, **params):
        return self._call(SET_OWNER, params)
