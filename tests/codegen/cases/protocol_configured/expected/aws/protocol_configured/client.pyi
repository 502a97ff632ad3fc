# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model protocol_configured, API version 2020-01-01,
# sha256 5806ef5e49ff58e9d5448d4849e61f574c4a123ffd6617fa2ac1cf2b1bfc1059
"""Operations and client of Protocol Configured."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT: Operation[None]

class ProtocolConfigured(Client):
    """Client of Protocol Configured. `edgemote.connect(ProtocolConfigured)` makes it."""

    exceptions = errors

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/protocol-configured-2020-01-01/Put
        """
