# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Structs of Python Names."""

from __future__ import annotations

import builtins
import typing
from typing import Annotated

import msgspec
from msgspec import Meta

from .. import shape
from ..shape import Document, Shape
from . import shapes

String2_ = Annotated[str, Meta(min_length=2)]


class importRequest(
    Shape,
    kw_only=True,
    rename={"from_": "from", "lambda_": "lambda", "None_": "None", "class_": "class"},
):
    from_: builtins.str
    lambda_: builtins.str | None = None
    None_: builtins.str | None = None
    class_: builtins.str | None = None
    type: builtins.str | None = None
    match: builtins.str | None = None
    str: builtins.str
    id: builtins.str | None = None
    self: builtins.str | None = None
    params: builtins.str | None = None
    list: builtins.list[builtins.str] | None = None
    int: builtins.int | None = None
    dict: builtins.dict[builtins.str, builtins.str] | None = None
    float: builtins.float | None = None
    bytes: builtins.bytes | None = None
    bool: builtins.bool | None = None
    Any: Document | None = None
    Annotated: typing.Annotated[builtins.list[builtins.str], msgspec.Meta(min_length=1)] | None = (
        None
    )
    Meta: typing.Annotated[builtins.list[builtins.str], msgspec.Meta(min_length=1)] | None = None
    Timestamp: shape.Timestamp | None = None
    Shape: Shape_ | None = None
    Sequence: builtins.list[builtins.str] | None = None
    Mapping: builtins.dict[builtins.str, builtins.str] | None = None
    Time: shape.Timestamp | None = None
    Blob: builtins.bytes | None = None
    String2: String2_ | None = None
    Text: String2_ | None = None
    shapes: Shape_ | None = None
    NotRequired: builtins.list[builtins.str] | None = None
    TypedDict: builtins.int | None = None
    datetime: shape.Timestamp | None = None


class importResponse(Shape, kw_only=True, rename={"true": "True", "None_": "None"}):
    true: bool | None = None
    list: builtins.list[builtins.str] | None = None
    more: builtins.list[builtins.str] | None = None
    str: builtins.str | None = None
    None_: builtins.str | None = None


class ListRequest(Shape, kw_only=True):
    Kinds: shapes.Kinds | None = None


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
