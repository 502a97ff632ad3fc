# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_discovery=model.json
# endpoint_discovery` writes it anew.
# Model endpoint_discovery, API version 2020-01-01,
# sha256 0f726c21417a50e8f913494961a91d68df4c2c9d85c0e5e3fe30689664bedf95
"""Operations and client of Cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

DESCRIBE_ENDPOINTS = Operation(
    name="DescribeEndpoints",
    input=shapes.DescribeEndpointsRequest,
    output=shapes.DescribeEndpointsResponse,
    fixed_headers={"x-amz-api-version": "2020-01-01"},
)

PUT: Operation[None] = Operation(
    name="Put",
    input=shapes.PutRequest,
    discovered_by="DescribeEndpoints",
)


class Cells(Client):
    """Client of Cells. `edgemote.connect(Cells)` makes it."""

    exceptions = errors
    service = Service(
        name="endpoint_discovery",
        service_id="Cells",
        signing_name="cells",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="Cells",
        json_version="1.0",
    )

    def describe_endpoints(
        self, **params: Unpack[_params.DescribeEndpointsParams]
    ) -> shapes.DescribeEndpointsResponse:
        """DescribeEndpoints.

        https://docs.aws.amazon.com/goto/WebAPI/cells-2020-01-01/DescribeEndpoints
        """
        return self._call(DESCRIBE_ENDPOINTS, params)

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/cells-2020-01-01/Put
        """
        self._call(PUT, params)
