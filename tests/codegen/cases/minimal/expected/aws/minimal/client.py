# Generated, do not edit: `python -m edgemote_codegen generate --model minimal=model.json minimal`
# writes it anew.
# Model minimal, API version 2020-01-01,
# sha256 350a56b699b10747d840c2874b84fcab1c0db19ee2b2dcb30605e3efe7b88b42
"""Client of Minimal; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors
from .endpoint import resolve

PING = Operation(
    name="Ping",
    path="/Ping",
)


class Minimal(Client):
    exceptions = errors
    service = Service(
        name="minimal",
        service_id="Minimal",
        signing_name="minimal",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def ping(self):
        self._call(PING, {})
