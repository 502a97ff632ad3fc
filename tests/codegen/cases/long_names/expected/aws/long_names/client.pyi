# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json
# long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 8c504d7fa40d9614b3f8e4a5d56c81949c9a107dd65b9684ffb34cb0bbef5fd0
"""Operations and client of Long Names."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG: Operation[
    shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse
]

class _Exceptions:
    VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: type[
        errors.VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
    ]

class LongNames(Client):
    """Client of Long Names. `edgemote.connect(LongNames)` makes it."""

    exceptions: _Exceptions

    def put_very_long_very_long_very_long_very_long_very_long_very_long_very_long_very_long(
        self,
        **params: Unpack[
            _params.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongParams
        ],
    ) -> shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse:
        """PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong.

        Raises VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong.

        https://docs.aws.amazon.com/goto/WebAPI/long-names-2020-01-01/PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong
        """
