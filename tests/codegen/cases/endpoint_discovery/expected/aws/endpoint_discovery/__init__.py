# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_discovery=model.json
# endpoint_discovery` writes it anew.
# Model endpoint_discovery, API version 2020-01-01,
# sha256 0f726c21417a50e8f913494961a91d68df4c2c9d85c0e5e3fe30689664bedf95
"""Cells: client, structs and errors."""

from .client import Cells
from .shapes import DescribeEndpointsRequest, DescribeEndpointsResponse, Endpoint_, PutRequest

__all__ = [
    "Cells",
    "DescribeEndpointsRequest",
    "DescribeEndpointsResponse",
    "Endpoint_",
    "PutRequest",
]
