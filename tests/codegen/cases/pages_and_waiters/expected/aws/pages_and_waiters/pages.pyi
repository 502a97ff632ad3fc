# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Paginators of House Service: `client.pages`."""

from collections.abc import Iterator
from typing import Any, Literal, overload

from typing_extensions import Unpack

from ..paging import Pages, PaginationConfig, Paginators
from . import params as _params
from . import shapes

class _ListShelvesPages(Pages[shapes.ListShelvesOutput, Any]):
    @overload
    def items(self, key: Literal["Shelves"] = ...) -> Iterator[str]: ...
    @overload
    def items(self, key: Literal["Rooms"]) -> Iterator[tuple[str, shapes.Door]]: ...
    @overload
    def items(self, key: Literal["Count"]) -> Iterator[int]: ...

class HousePages(Paginators):
    def list_doors(
        self,
        /,
        *,
        PaginationConfig: PaginationConfig = ...,
        **params: Unpack[_params.ListDoorsParams],
    ) -> Pages[shapes.ListDoorsOutput, shapes.Door]: ...
    def list_shelves(
        self,
        *,
        PaginationConfig: PaginationConfig = ...,
        **params: Unpack[_params.ListShelvesParams],
    ) -> _ListShelvesPages: ...
