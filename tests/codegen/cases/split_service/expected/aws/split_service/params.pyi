# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

Time = float | datetime | str

class PutShelfParams(TypedDict):
    Shelf: shapes.Shelf | ShelfDict
    Name: str
    Tags: NotRequired[Sequence[shapes.Tag | TagDict]]
    Fixing: NotRequired[shapes.Fixing | FixingDict]

class GetShelfParams(TypedDict):
    Name: NotRequired[str]
    Tag: NotRequired[shapes.Tag | TagDict]
    At: NotRequired[Time]

class ShelfDict(TypedDict):
    Above: NotRequired[shapes.Shelf | ShelfDict]
    Boards: NotRequired[Sequence[shapes.Board | BoardDict]]

class BoardDict(TypedDict):
    Shelf: NotRequired[shapes.Shelf | ShelfDict]
    Shelves: NotRequired[shapes.Shelf | ShelfDict]

class FixingDict(TypedDict):
    Screws: NotRequired[int]
    Glue: NotRequired[shapes.Glue | GlueDict]

class GlueDict(TypedDict):
    Brand: NotRequired[str]

class TagDict(TypedDict):
    Key: str
    Value: NotRequired[str]

class DescribeAllOwnersOfAllShelvesInTheHouseParams(TypedDict):
    pass
