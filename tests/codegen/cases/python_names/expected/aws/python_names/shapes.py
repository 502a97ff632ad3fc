# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Structs of Python Names."""

from __future__ import annotations

from typing import Annotated
from typing import Annotated as _Annotated

from msgspec import Meta

from ..shape import Document, Shape, Timestamp

String2_ = Annotated[str, Meta(min_length=2)]


class importRequest(
    Shape,
    kw_only=True,
    rename={"from_": "from", "lambda_": "lambda", "None_": "None", "class_": "class"},
):
    from_: _str
    lambda_: _str | None = None
    None_: _str | None = None
    class_: _str | None = None
    type: _str | None = None
    match: _str | None = None
    str: _str
    id: _str | None = None
    self: _str | None = None
    params: _str | None = None
    list: _list[_str] | None = None
    int: _int | None = None
    dict: _dict[_str, _str] | None = None
    float: _float | None = None
    bytes: _bytes | None = None
    bool: _bool | None = None
    Any: Document | None = None
    Annotated: _Annotated[_list[_str], _Meta(min_length=1)] | None = None
    Meta: _Annotated[_list[_str], _Meta(min_length=1)] | None = None
    Timestamp: _Timestamp | None = None
    Shape: Shape_ | None = None
    Sequence: _list[_str] | None = None
    Mapping: _dict[_str, _str] | None = None
    Time: _Timestamp | None = None
    Blob: _bytes | None = None
    String2: String2_ | None = None
    Text: String2_ | None = None
    shapes: Shape_ | None = None
    NotRequired: _list[_str] | None = None
    TypedDict: _int | None = None
    datetime: _Timestamp | None = None


class importResponse(Shape, kw_only=True, rename={"true": "True", "None_": "None"}):
    true: bool | None = None
    list: _list[_str] | None = None
    more: _list[_str] | None = None
    str: _str | None = None
    None_: _str | None = None


class ListRequest(Shape, kw_only=True):
    Kinds: _Kinds | None = None


class Kinds(Shape, kw_only=True):
    a: Shape_ | None = None
    b: Any_ | None = None
    c: Operation_ | None = None
    d: Client_ | None = None
    e: str_ | None = None
    f: list_ | None = None
    g: None_ | None = None
    h: Annotated_ | None = None
    i: String2 | None = None
    j: Exception | None = None
    k: Iterable | None = None
    l: Meta_ | None = None
    m: ShapeDict | None = None
    n: Atext | None = None


class Shape_(Shape, kw_only=True):
    Name: str | None = None


class Any_(Shape, kw_only=True):
    Name: str | None = None


class Operation_(Shape, kw_only=True):
    Name: str | None = None


class Client_(Shape, kw_only=True):
    Name: str | None = None


class str_(Shape, kw_only=True):
    Name: str | None = None


class list_(Shape, kw_only=True):
    Names: list[str] | None = None


class None_(Shape, kw_only=True):
    Name: str | None = None


class Annotated_(Shape, kw_only=True):
    Name: Annotated[list[str], Meta(min_length=1)] | None = None


class String2(Shape, kw_only=True):
    Name: String2_ | None = None


class Exception(Shape, kw_only=True):
    Name: str | None = None


class Iterable(Shape, kw_only=True):
    Name: str | None = None


class Meta_(Shape, kw_only=True):
    Name: String2_ | None = None


class ShapeDict(Shape, kw_only=True):
    Shape: Shape_ | None = None


class Atext(Shape, kw_only=True):
    Name: str | None = None


# For class bodies in which a field of the same name hides it.
_Kinds = Kinds
_Meta = Meta
_Timestamp = Timestamp
_bool = bool
_bytes = bytes
_dict = dict
_float = float
_int = int
_list = list
_str = str
