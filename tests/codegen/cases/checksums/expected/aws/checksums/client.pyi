# Generated, do not edit: `python -m edgemote_codegen generate --model checksums=model.json
# checksums` writes it anew.
# Model checksums, API version 2020-01-01,
# sha256 3a0dd03dd5f1f2ae194d20b84984b92030dbc71897d65c23a7e898559594c420
"""Operations and client of Checksums."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT_MD5: Operation[None]
PUT_CRC: Operation[None]

class Checksums(Client):
    """Client of Checksums. `edgemote.connect(Checksums)` makes it."""

    exceptions = errors

    def put_md5(self, **params: Unpack[_params.PutMd5Params]) -> None:
        """PutMd5.

        https://docs.aws.amazon.com/goto/WebAPI/checksums-2020-01-01/PutMd5
        """

    def put_crc(self, **params: Unpack[_params.PutCrcParams]) -> None:
        """PutCrc.

        https://docs.aws.amazon.com/goto/WebAPI/checksums-2020-01-01/PutCrc
        """
