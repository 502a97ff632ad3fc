# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_discovery=model.json
# endpoint_discovery` writes it anew.
# Model endpoint_discovery, API version 2020-01-01,
# sha256 0f726c21417a50e8f913494961a91d68df4c2c9d85c0e5e3fe30689664bedf95
"""Client of Cells; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

DESCRIBE_ENDPOINTS = Operation(
    name="DescribeEndpoints",
    input=shapes.DescribeEndpointsRequest,
    output=shapes.DescribeEndpointsResponse,
    fixed_headers={"x-amz-api-version": "2020-01-01"},
)

PUT = Operation(
    name="Put",
    input=shapes.PutRequest,
    discovered_by="DescribeEndpoints",
)


class Cells(Client):
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

    def describe_endpoints(self, **params):
        return self._call(DESCRIBE_ENDPOINTS, params)

    def put(self, **params):
        self._call(PUT, params)
