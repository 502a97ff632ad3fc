# Generated, do not edit: `python -m edgemote_codegen generate --model compression=model.json
# compression` writes it anew.
# Model compression, API version 2020-01-01,
# sha256 558a8041451d4792d53288ca4693f777173935b84a8fa0087f9af1d7dfc4b9fd
"""Client of Compression; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_MEMBERS = Operation(
    name="PutMembers",
    path="/PutMembers",
    input=shapes.Members,
    headers={"Content-Encoding": "Encoding"},
    compression="large",
)

PUT_DOCUMENT = Operation(
    name="PutDocument",
    path="/PutDocument",
    input=shapes.Document_,
    payload="Members",
    compression="large",
)

PUT_BLOB = Operation(
    name="PutBlob",
    path="/PutBlob",
    input=shapes.Blob,
    payload="Body",
    compression="all",
)

PUT_SIZED_BLOB = Operation(
    name="PutSizedBlob",
    path="/PutSizedBlob",
    input=shapes.SizedBlob,
    payload="Body",
)

PUT_ANOTHER_ENCODING = Operation(
    name="PutAnotherEncoding",
    path="/PutAnotherEncoding",
    input=shapes.Members,
    headers={"Content-Encoding": "Encoding"},
)

PUT_NOTHING = Operation(
    name="PutNothing",
    path="/PutNothing",
)


class Compression(Client):
    exceptions = errors
    service = Service(
        name="compression",
        service_id="Compression",
        signing_name="compression",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_members(self, **params):
        self._call(PUT_MEMBERS, params)

    def put_document(self, **params):
        self._call(PUT_DOCUMENT, params)

    def put_blob(self, **params):
        self._call(PUT_BLOB, params)

    def put_sized_blob(self, **params):
        self._call(PUT_SIZED_BLOB, params)

    def put_another_encoding(self, **params):
        self._call(PUT_ANOTHER_ENCODING, params)

    def put_nothing(self):
        self._call(PUT_NOTHING, {})
