# Generated, do not edit: `python -m edgemote_codegen generate --model renamed_members=model.json
# renamed_members` writes it anew.
# Model renamed_members, API version 2020-01-01,
# sha256 70028c645b5f3c95042e1151152ff63180ecf333354d2ccd9ce504b8fd127333
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class PutParams(TypedDict):
    Name: str
    Thing: NotRequired[shapes.Thing | ThingDict]
    Things: NotRequired[Sequence[shapes.Thing | ThingDict]]

ThingDict = TypedDict(
    "ThingDict",
    {
        "Id": NotRequired[str],
        "Size": NotRequired[int],
        "AVeryLongMemberNameIndeed": NotRequired[str],
        "AnotherVeryLongMemberName": NotRequired[str],
        "import": NotRequired[str],
    },
)
