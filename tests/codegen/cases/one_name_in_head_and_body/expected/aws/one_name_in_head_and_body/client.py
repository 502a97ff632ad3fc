# Generated, do not edit: `python -m edgemote_codegen generate --model
# one_name_in_head_and_body=model.json one_name_in_head_and_body` writes it anew.
# Model one_name_in_head_and_body, API version 2020-01-01,
# sha256 4f6c89d32feef8abf44e3c26858f19ec6bc105531ce9f9ff8c7d2cae8face3eb
"""Operations and client of One Name In Head And Body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT = Operation(
    name="Put",
    path="/things/{http_method}",
    input=shapes.PutRequest,
    labels={"http_method": "httpMethod"},
    output=shapes.PutResponse,
    result_headers={"x-amz-id": "Id"},
)


class OneNameInHeadAndBody(Client):
    """Client of One Name In Head And Body. `edgemote.connect(OneNameInHeadAndBody)` makes it."""

    exceptions = errors
    service = Service(
        name="one_name_in_head_and_body",
        service_id="One Name In Head And Body",
        signing_name="one-name-in-head-and-body",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/one-name-in-head-and-body-2020-01-01/Put
        """
        return self._call(PUT, params)
