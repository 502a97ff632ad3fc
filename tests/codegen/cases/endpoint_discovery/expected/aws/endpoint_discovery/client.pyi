# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_discovery=model.json
# endpoint_discovery` writes it anew.
# Model endpoint_discovery, API version 2020-01-01,
# sha256 0f726c21417a50e8f913494961a91d68df4c2c9d85c0e5e3fe30689664bedf95
"""Operations and client of Cells."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

DESCRIBE_ENDPOINTS: Operation[shapes.DescribeEndpointsResponse]
PUT: Operation[None]

class Cells(Client):
    """Client of Cells. `edgemote.connect(Cells)` makes it."""

    exceptions = errors

    def describe_endpoints(
        self, **params: Unpack[_params.DescribeEndpointsParams]
    ) -> shapes.DescribeEndpointsResponse:
        """DescribeEndpoints.

        https://docs.aws.amazon.com/goto/WebAPI/cells-2020-01-01/DescribeEndpoints
        """

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/cells-2020-01-01/Put
        """
