# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_discovery=model.json
# endpoint_discovery` writes it anew.
# Model endpoint_discovery, API version 2020-01-01,
# sha256 0f726c21417a50e8f913494961a91d68df4c2c9d85c0e5e3fe30689664bedf95
"""What callers may pass: structs, or dicts as boto3 has them."""

from typing import TypedDict

from typing_extensions import NotRequired

class DescribeEndpointsParams(TypedDict):
    pass

class PutParams(TypedDict):
    Name: NotRequired[str]
