# Generated, do not edit: `python -m edgemote_codegen generate --model names_by_case=model.json
# names_by_case` writes it anew.
# Model names_by_case, API version 2020-01-01,
# sha256 5418d859c16b490de652bebddcf9931d9c18cdfd75c3175f7bc70d81740dea1d
"""What callers may pass: structs, or dicts as boto3 has them."""

from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class GetThingParams(TypedDict):
    name: NotRequired[str]
    Name: NotRequired[str]
    NAME: NotRequired[str]

class getthingParams(TypedDict):
    Thing: NotRequired[shapes.THING | THINGDict]

class GETTHINGParams(TypedDict):
    Thing: NotRequired[shapes.Thing | ThingDict]

class ThingDict(TypedDict):
    Name: NotRequired[str]

class THINGDict(TypedDict):
    Name: NotRequired[str]
