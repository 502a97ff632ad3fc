# Generated, do not edit: `python -m edgemote_codegen generate --model checksums=model.json
# checksums` writes it anew.
# Model checksums, API version 2020-01-01,
# sha256 3a0dd03dd5f1f2ae194d20b84984b92030dbc71897d65c23a7e898559594c420
"""Client of Checksums; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_MD5 = Operation(
    name="PutMd5",
    path="/PutMd5",
    input=shapes.PutMd5Request,
    headers={"x-amz-sdk-checksum-algorithm": "Algorithm"},
    checksum="CRC32",
)

PUT_CRC = Operation(
    name="PutCrc",
    path="/PutCrc",
    input=shapes.PutMd5Request,
    headers={"x-amz-sdk-checksum-algorithm": "Algorithm"},
    checksum="CRC32",
    checksum_member="Algorithm",
)


class Checksums(Client):
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

    def put_md5(self, **params):
        self._call(PUT_MD5, params)

    def put_crc(self, **params):
        self._call(PUT_CRC, params)
