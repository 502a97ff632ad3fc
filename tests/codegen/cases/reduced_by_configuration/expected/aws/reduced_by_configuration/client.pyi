# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model reduced_by_configuration, API version 2020-01-01,
# sha256 350a56b699b10747d840c2874b84fcab1c0db19ee2b2dcb30605e3efe7b88b42
"""Operations and client of Minimal."""

from ..operation import Client, Operation
from . import errors

PING: Operation[None]

class Minimal(Client):
    """Client of Minimal. `edgemote.connect(Minimal)` makes it."""

    exceptions = errors

    def ping(self) -> None:
        """Ping.

        https://docs.aws.amazon.com/goto/WebAPI/minimal-2020-01-01/Ping
        """
