# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""Operations and client of Paths."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

BATCH_READ: Operation[None]
FIND_BY_NAME: Operation[None]
READ_STREAM: Operation[None]
TRANSACT: Operation[None]

class Paths(Client):
    """Client of Paths. `edgemote.connect(Paths)` makes it."""

    exceptions = errors

    def batch_read(self, **params: Unpack[_params.BatchReadParams]) -> None:
        """BatchRead.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/BatchRead
        """

    def find_by_name(self, **params: Unpack[_params.FindByNameParams]) -> None:
        """FindByName.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/FindByName
        """

    def read_stream(self, **params: Unpack[_params.ReadStreamParams]) -> None:
        """ReadStream.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/ReadStream
        """

    def transact(self, **params: Unpack[_params.TransactParams]) -> None:
        """Transact.

        https://docs.aws.amazon.com/goto/WebAPI/paths-2020-01-01/Transact
        """
