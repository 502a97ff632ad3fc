# Generated, do not edit: `python -m edgemote_codegen generate --model query_compatible=model.json
# query_compatible` writes it anew.
# Model query_compatible, API version 2020-01-01,
# sha256 f7bed54eaf361ce54940221c4cf5d4d612e2525c5a4af758588d9a4048b65d2f
"""Operations and client of Query Compatible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT: Operation[None] = Operation(
    name="Put",
    input=shapes.PutRequest,
)


class QueryCompatible(Client):
    """Client of Query Compatible. `edgemote.connect(QueryCompatible)` makes it."""

    exceptions = errors
    service = Service(
        name="query_compatible",
        service_id="Query Compatible",
        signing_name="query-compatible",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Example_20200101",
        json_version="1.0",
        query_compatible=True,
    )

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        Raises Bad.

        https://docs.aws.amazon.com/goto/WebAPI/query-compatible-2020-01-01/Put
        """
        self._call(PUT, params)
