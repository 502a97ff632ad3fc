# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_title=model.json
# awkward_title` writes it anew.
# Model awkward_title, API version 2020-01-01,
# sha256 84fe5651989da743f4260bb7af0d68a1a3c30995b95cdca7c33f5d5548111494
"""Client of The "quoted" \\service\\ \"\"\"of triple\"\"\" {{ quotes }}"; client.pyi has its types
and documentation.
"""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors
from .endpoint import resolve

PING = Operation(
    name="Ping",
    path="/Ping",
)


class AwkwardTitle(Client):
    exceptions = errors
    service = Service(
        name="awkward_title",
        service_id="Awkward Title",
        signing_name="awkward-title",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def ping(self):
        self._call(PING, {})
