# Generated, do not edit: `python -m edgemote_codegen generate --model recursive_shapes=model.json
# recursive_shapes` writes it anew.
# Model recursive_shapes, API version 2020-01-01,
# sha256 a1adb0a8f5f3a2f28ce3b609ec94aec69b387c4ccd935d644729bd6c6981ec96
"""Client of Recursive Shapes; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_TREE = Operation(
    name="PutTree",
    path="/PutTree",
    input=shapes.PutTreeRequest,
    output=shapes.PutTreeResponse,
)


class RecursiveShapes(Client):
    exceptions = errors
    service = Service(
        name="recursive_shapes",
        service_id="Recursive Shapes",
        signing_name="recursive-shapes",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_tree(self, **params):
        return self._call(PUT_TREE, params)
