# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Structs of Split Service."""

from ..operations.describe_all_owners_of_all_shelves_in_the_house import Nothing as Nothing
from ..operations.get_shelf import GetShelfRequest as GetShelfRequest
from ..operations.put_shelf import Fixing as Fixing
from ..operations.put_shelf import Glue as Glue
from ..operations.put_shelf import PutShelfRequest as PutShelfRequest
from .load import Load as Load
from .shelf_answer import Board as Board
from .shelf_answer import Shelf as Shelf
from .shelf_answer import ShelfAnswer as ShelfAnswer
from .shelf_answer import Tag as Tag
