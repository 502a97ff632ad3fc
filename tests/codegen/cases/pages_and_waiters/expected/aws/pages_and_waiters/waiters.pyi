# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Waiters of House Service: `client.wait`."""

from typing_extensions import Unpack

from ..waiting import WaiterConfig, Waiters
from . import params as _params

class HouseWaiters(Waiters):
    def door_open(
        self, *, WaiterConfig: WaiterConfig = ..., **params: Unpack[_params.DescribeDoorsParams]
    ) -> None:
        """Wait until all doors are open

        Call `describe_doors` every 15 s, up to 40 times, until the state is reached.
        """
    def up(self, *, WaiterConfig: WaiterConfig = ..., **params: Unpack[_params.PingParams]) -> None:
        """Call `ping` every 1 s, up to 3 times, until the state is reached."""
