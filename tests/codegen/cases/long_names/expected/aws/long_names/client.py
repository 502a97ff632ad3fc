# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 80026b60f273a026db527cf7e5a64d5fcb5853856ba417f022afb5b42f222583
"""Operations and client of Long Names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws import rest_json
from aws.operation import Client, Operation, Service

from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG = Operation(
    name="PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong",
    path="/PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong",
    input=shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest,
    output=shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse,
)


class LongNames(Client):
    """Client of Long Names. `edgemote.connect(LongNames)` makes it."""

    exceptions = errors
    service = Service(
        name="long_names",
        service_id="Long Names",
        signing_name="long-names",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_very_long_very_long_very_long_very_long_very_long_very_long_very_long_very_long_very_long(
        self, **params: Unpack[_params.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongParams]
    ) -> shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse:
        """PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong.

        Raises
        VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong.

        https://docs.aws.amazon.com/goto/WebAPI/long-names-2020-01-01/PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong
        """
        return self._call(PUT_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG, params)
