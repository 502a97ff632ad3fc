# Generated, do not edit: `python -m edgemote_codegen generate --model uri_labels=model.json
# uri_labels` writes it anew.
# Model uri_labels, API version 2020-01-01,
# sha256 5dc7e5fc8440e979ac04b7d3400c281b2e8198fc11308b9ef33031c1ff910436
"""Client of Uri Labels; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

GET_PART = Operation(
    name="GetPart",
    method="GET",
    path="/shelves/{shelf}/parts/{part+}",
    input=shapes.GetPartRequest,
    labels={"shelf": "shelf", "part": "part"},
)

GET_SHELF_AT = Operation(
    name="GetShelfAt",
    method="GET",
    path="/shelves/{number}/{at}/{lit}/end",
    input=shapes.GetShelfAtRequest,
    labels={"number": "Number", "at": "At", "lit": "Lit"},
)


class UriLabels(Client):
    exceptions = errors
    service = Service(
        name="uri_labels",
        service_id="Uri Labels",
        signing_name="uri-labels",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_part(self, **params):
        self._call(GET_PART, params)

    def get_shelf_at(self, **params):
        self._call(GET_SHELF_AT, params)
