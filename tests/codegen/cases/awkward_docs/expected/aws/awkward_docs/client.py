# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_docs=model.json
# awkward_docs` writes it anew.
# Model awkward_docs, API version 2020-01-01,
# sha256 820c5888e5037c7c79a274ad630fb4632eae7121b2c81d946578270c8cb88391
"""Client of Awkward Docs; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT = Operation(
    name="Put",
    path="/Put",
    input=shapes.PutRequest,
)


class AwkwardDocs(Client):
    exceptions = errors
    service = Service(
        name="awkward_docs",
        service_id="Awkward Docs",
        signing_name="awkward-docs",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params):
        self._call(PUT, params)
