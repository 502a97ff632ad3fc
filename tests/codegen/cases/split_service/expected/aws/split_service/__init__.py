# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Split Service: client, structs and errors. A struct is loaded when it is first used."""

from . import shapes
from .client import SplitService
from .errors import ShelfFull

__all__ = [
    "Board",
    "Fixing",
    "GetShelfRequest",
    "Glue",
    "Load",
    "Nothing",
    "PutShelfRequest",
    "Shelf",
    "ShelfAnswer",
    "ShelfFull",
    "SplitService",
    "Tag",
]

__getattr__ = shapes.__getattr__
