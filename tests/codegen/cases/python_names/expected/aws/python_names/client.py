# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Client of Python Names; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

IMPORT = Operation(
    name="Import",
    path="/import",
    input=shapes.importRequest,
    output=shapes.importResponse,
)

LIST = Operation(
    name="List",
    path="/List",
    input=shapes.ListRequest,
)

CLOSE = Operation(
    name="Close",
    path="/Close",
)


class PythonNames(Client):
    exceptions = errors
    service = Service(
        name="python_names",
        service_id="Python Names",
        signing_name="python-names",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def import_(self, /, **params):
        return self._call(IMPORT, params)

    def list(self, **params):
        self._call(LIST, params)

    def close_(self):
        self._call(CLOSE, {})
