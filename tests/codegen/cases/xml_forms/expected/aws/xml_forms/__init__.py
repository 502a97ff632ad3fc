# Generated, do not edit: `python -m edgemote_codegen generate --model xml_forms=model.json
# xml_forms` writes it anew.
# Model xml_forms, API version 2020-01-01,
# sha256 eab8b3616eca1af7e3a8f598a445b1f38d8d7e320ee45b075524cf933b1d60bd
"""XML Forms: client, structs and errors."""

from .client import XMLForms
from .errors import NoSuchThing
from .shapes import (
    Owner,
    PutThingRequest,
    PutThingResponse,
    SetOwnerRequest,
    SetOwnerResponse,
    Thing,
)

__all__ = [
    "NoSuchThing",
    "Owner",
    "PutThingRequest",
    "PutThingResponse",
    "SetOwnerRequest",
    "SetOwnerResponse",
    "Thing",
    "XMLForms",
]
