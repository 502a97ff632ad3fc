# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 636b5e37012fc713467b6859df5a71cd6cff1efd6615c3682a4b529a3f0597c2
"""Python Names: client, structs and errors."""

from .client import (
    PythonNames,
)
from .shapes import (
    Annotated_,
    Any_,
    Atext,
    Client_,
    Exception,
    Iterable,
    Kinds,
    ListRequest,
    Meta_,
    None_,
    Operation_,
    Shape_,
    ShapeDict,
    String2,
    importRequest,
    importResponse,
    list,
    str,
)

__all__ = [
    "Annotated_",
    "Any_",
    "Atext",
    "Client_",
    "Exception",
    "Iterable",
    "Kinds",
    "ListRequest",
    "Meta_",
    "None_",
    "Operation_",
    "PythonNames",
    "ShapeDict",
    "Shape_",
    "String2",
    "importRequest",
    "importResponse",
    "list",
    "str",
]
