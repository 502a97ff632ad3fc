# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Structs of House Service."""

from __future__ import annotations

from ..shape import Shape
from . import shapes


class ListShelvesInput(Shape, kw_only=True):
    House: str
    Marker: str | None = None
    Limit: int | None = None


class ListShelvesOutput(Shape, kw_only=True):
    Shelves: list[str] | None = None
    Rooms: dict[str, Door] | None = None
    Count: int | None = None
    House: str | None = None
    NextMarker: str | None = None
    More: bool | None = None


class ListDoorsInput(Shape, kw_only=True, rename={"from_": "from"}):
    from_: str | None = None
    self: str | None = None
    Limit: str | None = None


class ListDoorsOutput(Shape, kw_only=True):
    List: DoorList | None = None


class DoorList(Shape, kw_only=True, rename={"from_": "from"}):
    Doors: list[Door] | None = None
    from_: str | None = None


class DescribeDoorsInput(Shape, kw_only=True):
    Names: list[str] | None = None


class DescribeDoorsOutput(Shape, kw_only=True):
    Floors: list[Floor] | None = None


class PingInput(Shape, kw_only=True):
    pass


class PingOutput(Shape, kw_only=True):
    Up: bool | None = None


class Floor(Shape, kw_only=True):
    Doors: list[Door] | None = None


class Door(Shape, kw_only=True):
    Name: str | None = None
    State: shapes.State | None = None


class State(Shape, kw_only=True):
    Name: str | None = None
