# Generated, do not edit: `python -m edgemote_codegen generate --model timestamp_formats=model.json
# timestamp_formats` writes it anew.
# Model timestamp_formats, API version 2020-01-01,
# sha256 cbaeafdff1b8b9e71faeb1a3aa9c2f1f40eb41900c4b7b603d16ab5a61b8c27b
"""Operations and client of Timestamp Formats."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_TIMES: Operation[shapes.PutTimesResponse]

class TimestampFormats(Client):
    """Client of Timestamp Formats. `edgemote.connect(TimestampFormats)` makes it."""

    exceptions = errors

    def put_times(self, **params: Unpack[_params.PutTimesParams]) -> shapes.PutTimesResponse:
        """PutTimes.

        https://docs.aws.amazon.com/goto/WebAPI/timestamp-formats-2020-01-01/PutTimes
        """
