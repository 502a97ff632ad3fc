# Generated, do not edit: `python -m edgemote_codegen generate --model renamed_members=model.json
# renamed_members` writes it anew.
# Model renamed_members, API version 2020-01-01,
# sha256 70028c645b5f3c95042e1151152ff63180ecf333354d2ccd9ce504b8fd127333
"""Structs of Renamed Members."""

from __future__ import annotations

from ..shape import Shape
from . import shapes


class PutRequest(
    Shape, kw_only=True, rename={"Name": "name", "Thing": "the-thing", "Things": "things"}
):
    Name: str
    Thing: shapes.Thing | None = None
    Things: list[shapes.Thing] | None = None


class PutResponse(Shape, kw_only=True, rename={"Thing": "the-thing"}):
    Thing: shapes.Thing | None = None


class Thing(
    Shape,
    kw_only=True,
    rename={
        "Id": "id",
        "AVeryLongMemberNameIndeed": "aVeryLongMemberNameIndeed",
        "AnotherVeryLongMemberName": "another_very_long_member_name",
        "import_": "from",
    },
):
    Id: str | None = None
    Size: int | None = None
    AVeryLongMemberNameIndeed: str | None = None
    AnotherVeryLongMemberName: str | None = None
    import_: str | None = None
