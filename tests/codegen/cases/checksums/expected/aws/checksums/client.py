# Generated, do not edit: `python -m edgemote_codegen generate --model checksums=model.json
# checksums` writes it anew.
# Model checksums, API version 2020-01-01,
# sha256 3a0dd03dd5f1f2ae194d20b84984b92030dbc71897d65c23a7e898559594c420
"""Operations and client of Checksums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT_MD5: Operation[None] = Operation(
    name="PutMd5",
    path="/PutMd5",
    input=shapes.PutMd5Request,
    headers={"x-amz-sdk-checksum-algorithm": "Algorithm"},
    checksum="CRC32",
)

PUT_CRC: Operation[None] = Operation(
    name="PutCrc",
    path="/PutCrc",
    input=shapes.PutMd5Request,
    headers={"x-amz-sdk-checksum-algorithm": "Algorithm"},
    checksum="CRC32",
    checksum_member="Algorithm",
)


class Checksums(Client):
    """Client of Checksums. `edgemote.connect(Checksums)` makes it."""

    exceptions = errors
    service = Service(
        name="checksums",
        service_id="Checksums",
        signing_name="checksums",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_md5(self, **params: Unpack[_params.PutMd5Params]) -> None:
        """PutMd5.

        https://docs.aws.amazon.com/goto/WebAPI/checksums-2020-01-01/PutMd5
        """
        self._call(PUT_MD5, params)

    def put_crc(self, **params: Unpack[_params.PutCrcParams]) -> None:
        """PutCrc.

        https://docs.aws.amazon.com/goto/WebAPI/checksums-2020-01-01/PutCrc
        """
        self._call(PUT_CRC, params)
