# Generated, do not edit: `python -m edgemote_codegen generate --model ec2_forms=model.json
# ec2_forms` writes it anew.
# Model ec2_forms, API version 2020-01-01,
# sha256 b0d57dfb1abc06484c73b74e211bf549ba4ce8ab54b1bb2951f1aa31947e848d
"""Client of EC2 Forms; client.pyi has its types and documentation."""

from .. import ec2_query
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_THING = Operation(
    name="PutThing",
    static_query="Action=PutThing&Version=2020-01-01",
    input=shapes.PutThingRequest,
    output=shapes.PutThingResult,
)


class EC2Forms(Client):
    exceptions = errors
    service = Service(
        name="ec2_forms",
        service_id="EC2 Forms",
        signing_name="ec2-forms",
        api_version="2020-01-01",
        protocol=ec2_query,
        resolve=resolve,
        errors=errors,
    )

    def put_thing(self, **params):
        return self._call(PUT_THING, params)
