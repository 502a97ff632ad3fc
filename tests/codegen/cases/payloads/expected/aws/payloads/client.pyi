# Generated, do not edit: `python -m edgemote_codegen generate --model payloads=model.json payloads`
# writes it anew.
# Model payloads, API version 2020-01-01,
# sha256 ff5b74355e5e584f880fbd7b50037172cbe36c45aaae0142775ba27b9ba7fc32
"""Operations and client of Payloads."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_STRUCTURE: Operation[shapes.PutStructureResponse]
PUT_BLOB: Operation[shapes.PutBlobResponse]
PUT_STRING: Operation[shapes.PutStringResponse]
PUT_DOCUMENT: Operation[shapes.PutDocumentResponse]
PUT_STREAM: Operation[shapes.PutStreamResponse]

class Payloads(Client):
    """Client of Payloads. `edgemote.connect(Payloads)` makes it."""

    exceptions = errors

    def put_structure(
        self, **params: Unpack[_params.PutStructureParams]
    ) -> shapes.PutStructureResponse:
        """PutStructure.

        https://docs.aws.amazon.com/goto/WebAPI/payloads-2020-01-01/PutStructure
        """

    def put_blob(self, **params: Unpack[_params.PutBlobParams]) -> shapes.PutBlobResponse:
        """PutBlob.

        https://docs.aws.amazon.com/goto/WebAPI/payloads-2020-01-01/PutBlob
        """

    def put_string(self, **params: Unpack[_params.PutStringParams]) -> shapes.PutStringResponse:
        """PutString.

        https://docs.aws.amazon.com/goto/WebAPI/payloads-2020-01-01/PutString
        """

    def put_document(
        self, **params: Unpack[_params.PutDocumentParams]
    ) -> shapes.PutDocumentResponse:
        """PutDocument.

        https://docs.aws.amazon.com/goto/WebAPI/payloads-2020-01-01/PutDocument
        """

    def put_stream(self, **params: Unpack[_params.PutStreamParams]) -> shapes.PutStreamResponse:
        """PutStream.

        https://docs.aws.amazon.com/goto/WebAPI/payloads-2020-01-01/PutStream
        """
