# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 2871b009fe7e038527e4c5de1bf1096e72716931d997e51d90e8664ae84267fd
"""Operations and client of Left Out."""

from ..operation import Client, Operation
from . import errors, shapes

GET: Operation[shapes.GetResponse]
OPEN: Operation[None]

class LeftOut(Client):
    """Client of Left Out. `edgemote.connect(LeftOut)` makes it."""

    exceptions = errors

    def get(self) -> shapes.GetResponse:
        """Get.

        https://docs.aws.amazon.com/goto/WebAPI/left-out-2020-01-01/Get
        """

    def open(self) -> None:
        """Open.

        https://docs.aws.amazon.com/goto/WebAPI/left-out-2020-01-01/Open
        """

    # Left out:
    # Watch: event streams are not supported
    # Bear: signing by aws.auth#sigv4a is not supported
