# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json
# long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 8c504d7fa40d9614b3f8e4a5d56c81949c9a107dd65b9684ffb34cb0bbef5fd0
"""Client of Long Names; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG = Operation(
    name="PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong",
    path="/PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLong",
    input=shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest,
    output=shapes.PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse,
)


class LongNames(Client):
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

    def put_very_long_very_long_very_long_very_long_very_long_very_long_very_long_very_long(
        self, **params
    ):
        return self._call(
            PUT_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG_VERY_LONG,
            params,
        )
