# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

Time = float | datetime | str

class ThingDict(TypedDict):
    Name: NotRequired[str]
    Size: NotRequired[int]

class PutParams(TypedDict):
    Text: NotRequired[str]
    Least: NotRequired[str]
    When: NotRequired[Time]
    Names: NotRequired[Sequence[str]]
    Counts: NotRequired[Mapping[str, int]]
    Thing: NotRequired[shapes.Thing | ThingDict]
    First: NotRequired[Sequence[str]]
    Second: NotRequired[Sequence[str]]
    Named: NotRequired[Sequence[str]]

class PutThingParams(TypedDict):
    Thing: NotRequired[shapes.Thing | ThingDict]
