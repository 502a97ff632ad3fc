# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, TypedDict

from typing_extensions import NotRequired

from . import shapes

Blob = bytes | bytearray | str | BinaryIO
Time = float | datetime | str

ImportParams = TypedDict(
    "ImportParams",
    {
        "from": str,
        "lambda": NotRequired[str],
        "None": NotRequired[str],
        "class": NotRequired[str],
        "type": NotRequired[str],
        "match": NotRequired[str],
        "str": str,
        "id": NotRequired[str],
        "self": NotRequired[str],
        "params": NotRequired[str],
        "list": NotRequired[Sequence[str]],
        "int": NotRequired[int],
        "dict": NotRequired[Mapping[str, str]],
        "float": NotRequired[float],
        "bytes": NotRequired[Blob],
        "bool": NotRequired[bool],
        "Any": NotRequired[Any],
        "Annotated": NotRequired[Sequence[str]],
        "Meta": NotRequired[Sequence[str]],
        "Timestamp": NotRequired[Time],
        "Shape": NotRequired[shapes.Shape_ | Shape_Dict],
        "Sequence": NotRequired[Sequence[str]],
        "Mapping": NotRequired[Mapping[str, str]],
        "Time": NotRequired[Time],
        "Blob": NotRequired[Blob],
        "String2": NotRequired[str],
        "Text": NotRequired[str],
        "shapes": NotRequired[shapes.Shape_ | Shape_Dict],
        "NotRequired": NotRequired[Sequence[str]],
        "TypedDict": NotRequired[int],
        "datetime": NotRequired[Time],
    },
)

class ListParams(TypedDict):
    Kinds: NotRequired[shapes.Kinds | KindsDict]

class KindsDict(TypedDict):
    a: NotRequired[shapes.Shape_ | Shape_Dict]
    b: NotRequired[shapes.Any_ | Any_Dict]
    c: NotRequired[shapes.Operation_ | Operation_Dict]
    d: NotRequired[shapes.Client_ | Client_Dict]
    e: NotRequired[shapes.str_ | str_Dict]
    f: NotRequired[shapes.list_ | list_Dict]
    g: NotRequired[shapes.None_ | None_Dict]
    h: NotRequired[shapes.Annotated_ | Annotated_Dict]
    i: NotRequired[shapes.String2 | String2Dict]
    j: NotRequired[shapes.Exception | ExceptionDict]
    k: NotRequired[shapes.Iterable | IterableDict]
    l: NotRequired[shapes.Meta_ | Meta_Dict]
    m: NotRequired[shapes.ShapeDict | ShapeDictDict]
    n: NotRequired[shapes.Atext | AtextDict]

class Shape_Dict(TypedDict):
    Name: NotRequired[str]

class Any_Dict(TypedDict):
    Name: NotRequired[str]

class Operation_Dict(TypedDict):
    Name: NotRequired[str]

class Client_Dict(TypedDict):
    Name: NotRequired[str]

class str_Dict(TypedDict):
    Name: NotRequired[str]

class list_Dict(TypedDict):
    Names: NotRequired[Sequence[str]]

class None_Dict(TypedDict):
    Name: NotRequired[str]

class Annotated_Dict(TypedDict):
    Name: NotRequired[Sequence[str]]

class String2Dict(TypedDict):
    Name: NotRequired[str]

class ExceptionDict(TypedDict):
    Name: NotRequired[str]

class IterableDict(TypedDict):
    Name: NotRequired[str]

class Meta_Dict(TypedDict):
    Name: NotRequired[str]

class ShapeDictDict(TypedDict):
    Shape: NotRequired[shapes.Shape_ | Shape_Dict]

class AtextDict(TypedDict):
    Name: NotRequired[str]
