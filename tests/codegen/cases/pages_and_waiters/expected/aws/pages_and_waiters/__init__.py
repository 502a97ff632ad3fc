# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""House Service: client, structs and errors."""

from .client import House
from .shapes import (
    DescribeDoorsInput,
    DescribeDoorsOutput,
    Door,
    DoorList,
    Floor,
    ListDoorsInput,
    ListDoorsOutput,
    ListShelvesInput,
    ListShelvesOutput,
    PingInput,
    PingOutput,
    State,
)

__all__ = [
    "DescribeDoorsInput",
    "DescribeDoorsOutput",
    "Door",
    "DoorList",
    "Floor",
    "House",
    "ListDoorsInput",
    "ListDoorsOutput",
    "ListShelvesInput",
    "ListShelvesOutput",
    "PingInput",
    "PingOutput",
    "State",
]
