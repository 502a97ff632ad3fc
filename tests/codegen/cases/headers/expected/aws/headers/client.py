# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""Operations and client of Headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

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
    """Client of Headers. `edgemote.connect(Headers)` makes it."""

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

    def put_thing(self, **params: Unpack[_params.PutThingParams]) -> shapes.PutThingResponse:
        """PutThing.

        https://docs.aws.amazon.com/goto/WebAPI/headers-2020-01-01/PutThing
        """
        return self._call(PUT_THING, params)
