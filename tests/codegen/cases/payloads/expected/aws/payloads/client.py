# Generated, do not edit: `python -m edgemote_codegen generate --model payloads=model.json payloads`
# writes it anew.
# Model payloads, API version 2020-01-01,
# sha256 ff5b74355e5e584f880fbd7b50037172cbe36c45aaae0142775ba27b9ba7fc32
"""Client of Payloads; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_STRUCTURE = Operation(
    name="PutStructure",
    path="/structure/{Id}",
    input=shapes.PutStructureRequest,
    labels={"Id": "Id"},
    payload="Body",
    output=shapes.PutStructureResponse,
    result_headers={"Content-Type": "Kind"},
    result_payload="Body",
)

PUT_BLOB = Operation(
    name="PutBlob",
    path="/blob/{Id}",
    input=shapes.PutBlobRequest,
    labels={"Id": "Id"},
    payload="Body",
    output=shapes.PutBlobResponse,
    result_headers={"Content-Type": "Kind"},
    result_payload="Body",
)

PUT_STRING = Operation(
    name="PutString",
    path="/string/{Id}",
    input=shapes.PutStringRequest,
    labels={"Id": "Id"},
    payload="Body",
    output=shapes.PutStringResponse,
    result_headers={"Content-Type": "Kind"},
    result_payload="Body",
)

PUT_DOCUMENT = Operation(
    name="PutDocument",
    path="/document/{Id}",
    input=shapes.PutDocumentRequest,
    labels={"Id": "Id"},
    payload="Body",
    output=shapes.PutDocumentResponse,
    result_headers={"Content-Type": "Kind"},
    result_payload="Body",
)

PUT_STREAM = Operation(
    name="PutStream",
    path="/stream/{Id}",
    input=shapes.PutStreamRequest,
    labels={"Id": "Id"},
    payload="Body",
    output=shapes.PutStreamResponse,
    result_headers={"Content-Type": "Kind"},
    result_payload="Body",
    streams=True,
    signed_body=False,
)


class Payloads(Client):
    exceptions = errors
    service = Service(
        name="payloads",
        service_id="Payloads",
        signing_name="payloads",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_structure(self, **params):
        return self._call(PUT_STRUCTURE, params)

    def put_blob(self, **params):
        return self._call(PUT_BLOB, params)

    def put_string(self, **params):
        return self._call(PUT_STRING, params)

    def put_document(self, **params):
        return self._call(PUT_DOCUMENT, params)

    def put_stream(self, **params):
        return self._call(PUT_STREAM, params)
