# Generated, do not edit: `python -m edgemote_codegen generate --model compression=model.json
# compression` writes it anew.
# Model compression, API version 2020-01-01,
# sha256 558a8041451d4792d53288ca4693f777173935b84a8fa0087f9af1d7dfc4b9fd
"""Operations and client of Compression."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT_MEMBERS: Operation[None]
PUT_DOCUMENT: Operation[None]
PUT_BLOB: Operation[None]
PUT_SIZED_BLOB: Operation[None]
PUT_ANOTHER_ENCODING: Operation[None]
PUT_NOTHING: Operation[None]

class Compression(Client):
    """Client of Compression. `edgemote.connect(Compression)` makes it."""

    exceptions = errors

    def put_members(self, **params: Unpack[_params.PutMembersParams]) -> None:
        """PutMembers.

        https://docs.aws.amazon.com/goto/WebAPI/compression-2020-01-01/PutMembers
        """

    def put_document(self, **params: Unpack[_params.PutDocumentParams]) -> None:
        """PutDocument.

        https://docs.aws.amazon.com/goto/WebAPI/compression-2020-01-01/PutDocument
        """

    def put_blob(self, **params: Unpack[_params.PutBlobParams]) -> None:
        """PutBlob.

        https://docs.aws.amazon.com/goto/WebAPI/compression-2020-01-01/PutBlob
        """

    def put_sized_blob(self, **params: Unpack[_params.PutSizedBlobParams]) -> None:
        """PutSizedBlob.

        https://docs.aws.amazon.com/goto/WebAPI/compression-2020-01-01/PutSizedBlob
        """

    def put_another_encoding(self, **params: Unpack[_params.PutAnotherEncodingParams]) -> None:
        """PutAnotherEncoding.

        https://docs.aws.amazon.com/goto/WebAPI/compression-2020-01-01/PutAnotherEncoding
        """

    def put_nothing(self) -> None:
        """PutNothing.

        https://docs.aws.amazon.com/goto/WebAPI/compression-2020-01-01/PutNothing
        """
