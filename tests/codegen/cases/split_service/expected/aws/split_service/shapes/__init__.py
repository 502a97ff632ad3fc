# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Structs of Split Service, each of which is loaded when it is first used."""

from ...lazy_structs import load_late

__getattr__ = load_late(
    __package__.rpartition(".")[0],
    # Module -> its structs.
    {
        "operations.describe_all_owners_of_all_shelves_in_the_house": ("Nothing",),
        "operations.get_shelf": ("GetShelfRequest",),
        "operations.put_shelf": ("Fixing", "Glue", "PutShelfRequest"),
        "shapes.load": ("Load",),
        "shapes.shelf_answer": ("Board", "Shelf", "ShelfAnswer", "Tag"),
    },
)
