# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Client of Split Service; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Service
from . import errors
from .endpoint import resolve


class SplitService(Client):
    exceptions = errors
    service = Service(
        name="split_service",
        service_id="Split Service",
        signing_name="split",
        api_version="2026-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Split",
        json_version="1.0",
    )

    def put_shelf(self, **params):
        from .operations.put_shelf import PUT_SHELF

        return self._call(PUT_SHELF, params)

    def get_shelf(self, **params):
        from .operations.get_shelf import GET_SHELF

        return self._call(GET_SHELF, params)

    def describe_all_owners_of_all_shelves_in_the_house(self, **params):
        from .operations.describe_all_owners_of_all_shelves_in_the_house import (
            DESCRIBE_ALL_OWNERS_OF_ALL_SHELVES_IN_THE_HOUSE,
        )

        return self._call(DESCRIBE_ALL_OWNERS_OF_ALL_SHELVES_IN_THE_HOUSE, params)

    def import_(self):
        from .operations.import_ import IMPORT

        self._call(IMPORT, {})
