# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""Client of Headers; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_THING = Operation(
    name="PutThing",
    method="PUT",
    path="/thing",
    input=shapes.PutThingRequest,
    headers={
        "x-amz-owner": "Owner",
        "x-amz-size": "Size",
        "x-amz-dry-run": "Dry",
        "x-amz-until": "Until",
        "x-amz-labels": "Labels",
        "x-amz-context": "Context",
    },
    prefix_headers={"x-amz-meta-": "Metadata"},
    output=shapes.PutThingResponse,
    result_headers={
        "ETag": "ETag",
        "Last-Modified": "Modified",
        "x-amz-labels": "Labels",
        "x-amz-context": "Context",
    },
    result_prefix_headers={"x-amz-meta-": "Metadata"},
    result_status="Status",
    maps_headers=True,
)


class Headers(Client):
    exceptions = errors
    service = Service(
        name="headers",
        service_id="Headers",
        signing_name="headers",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_thing(self, **params):
        return self._call(PUT_THING, params)
