# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_discovery=model.json
# endpoint_discovery` writes it anew.
# Model endpoint_discovery, API version 2020-01-01,
# sha256 0f726c21417a50e8f913494961a91d68df4c2c9d85c0e5e3fe30689664bedf95
"""Structs of Cells."""

from __future__ import annotations

from ..shape import Shape


class DescribeEndpointsRequest(Shape, kw_only=True):
    pass


class DescribeEndpointsResponse(Shape, kw_only=True):
    Endpoints: list[Endpoint_] | None = None


class Endpoint_(Shape, kw_only=True):
    Address: str | None = None
    CachePeriodInMinutes: int | None = None


class PutRequest(Shape, kw_only=True):
    Name: str | None = None
