# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Python Names: client, structs and errors."""

from .client import PythonNames
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
    list_,
    str_,
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
    "list_",
    "str_",
]
