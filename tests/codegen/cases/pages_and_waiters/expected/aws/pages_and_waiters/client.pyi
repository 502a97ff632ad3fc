# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Operations and client of House Service."""

from collections.abc import Mapping
from typing import Any, Literal

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params
from .pages import HousePages
from .waiters import HouseWaiters

LIST_SHELVES: Operation[shapes.ListShelvesOutput]
LIST_DOORS: Operation[shapes.ListDoorsOutput]
DESCRIBE_DOORS: Operation[shapes.DescribeDoorsOutput]
PING: Operation[shapes.PingOutput]
WAIT: Operation[None]

class House(Client):
    """Client of House Service. `edgemote.connect(House)` makes it."""

    exceptions = errors

    def list_shelves(self, **params: Unpack[_params.ListShelvesParams]) -> shapes.ListShelvesOutput:
        """ListShelves."""

    def list_doors(self, /, **params: Unpack[_params.ListDoorsParams]) -> shapes.ListDoorsOutput:
        """ListDoors."""

    def describe_doors(
        self, **params: Unpack[_params.DescribeDoorsParams]
    ) -> shapes.DescribeDoorsOutput:
        """DescribeDoors."""

    def ping(self, **params: Unpack[_params.PingParams]) -> shapes.PingOutput:
        """Ping."""

    def wait_(self) -> None:
        """Wait."""

    def presign(
        self,
        operation: Literal[
            "list_shelves",
            "list_doors",
            "describe_doors",
            "ping",
            "wait_",
        ],
        params: Mapping[str, Any] | None = ...,
        *,
        expires_s: int = 3600,
        method: str | None = ...,
    ) -> str:
        """The URL of a request that whoever has it may make, for `expires_s` seconds (up to a week,
        and not longer than the credentials are valid). Nothing is sent.

        method: the HTTP method, in place of the operation's own
        """

    @property
    def pages(self) -> HousePages:
        """Results page by page: docs/pages.md."""

    @property
    def wait(self) -> HouseWaiters:
        """Waits until a state is reached: docs/pages.md."""
