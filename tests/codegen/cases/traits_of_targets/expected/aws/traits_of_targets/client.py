# Generated, do not edit: `python -m edgemote_codegen generate --model traits_of_targets=model.json
# traits_of_targets` writes it anew.
# Model traits_of_targets, API version 2020-01-01,
# sha256 20af37f6f48699009de64231abcdfc791afa58a15cc0bb366813fdcfefb4964c
"""Client of Traits; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

ASK = Operation(
    name="Ask",
    path="/ask",
    input=shapes.AskInput,
    headers={"x-head": "Head", "x-other": "OtherHead"},
    prefix_headers={"Heads": "Heads"},
    payload="Whole",
    output=shapes.AskOutput,
    result_headers={"x-head": "Head"},
    result_prefix_headers={"": "Heads"},
    maps_headers=True,
)


class Traits(Client):
    exceptions = errors
    service = Service(
        name="traits_of_targets",
        service_id="Traits",
        signing_name="traits",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def ask(self, **params):
        return self._call(ASK, params)
