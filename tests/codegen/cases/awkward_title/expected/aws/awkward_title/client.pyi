# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_title=model.json
# awkward_title` writes it anew.
# Model awkward_title, API version 2020-01-01,
# sha256 84fe5651989da743f4260bb7af0d68a1a3c30995b95cdca7c33f5d5548111494
"""Operations and client of The "quoted" \\service\\ \"\"\"of triple\"\"\" {{ quotes }}"."""

from ..operation import Client, Operation
from . import errors

PING: Operation[None]

class AwkwardTitle(Client):
    """Client of The "quoted" \\service\\ \"\"\"of triple\"\"\" {{ quotes }}".
    `edgemote.connect(AwkwardTitle)` makes it.
    """

    exceptions = errors

    def ping(self) -> None:
        """Ping.

        https://docs.aws.amazon.com/goto/WebAPI/awkward-title-2020-01-01/Ping
        """
