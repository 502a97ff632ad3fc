# Generated, do not edit: `python -m edgemote_codegen generate --model no_service_id=model.json
# no_service_id` writes it anew.
# Model no_service_id, API version 2020-01-01,
# sha256 2efa19338e424f8f27cab9b874f9e9585d79d22bf1f390f793711a9301e1eaad
"""Operations and client of No Service Id."""

from ..operation import Client, Operation
from . import errors

PING: Operation[None]

class NoServiceId(Client):
    """Client of No Service Id. `edgemote.connect(NoServiceId)` makes it."""

    exceptions = errors

    def ping(self) -> None:
        """Ping."""
