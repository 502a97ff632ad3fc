# Generated, do not edit: `python -m edgemote_codegen generate --model names_by_case=model.json
# names_by_case` writes it anew.
# Model names_by_case, API version 2020-01-01,
# sha256 5418d859c16b490de652bebddcf9931d9c18cdfd75c3175f7bc70d81740dea1d
"""Names By Case: client, structs and errors."""

from .client import NamesByCase
from .shapes import GET_THING_, THING, GetThing, Getthing, Thing, getThing, thing

__all__ = [
    "GET_THING_",
    "THING",
    "GetThing",
    "Getthing",
    "NamesByCase",
    "Thing",
    "getThing",
    "thing",
]
