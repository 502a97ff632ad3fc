# Generated, do not edit: `python -m edgemote_codegen generate --model query_forms=model.json
# query_forms` writes it anew.
# Model query_forms, API version 2020-01-01,
# sha256 0f709d51f4ebc71c5896d302055a709a8628091319dd89e02bbf620927c3d8fa
"""Query Forms: client, structs and errors."""

from .client import QueryForms
from .errors import NoSuchThing
from .shapes import PutThingRequest, PutThingResult, Thing

__all__ = ["NoSuchThing", "PutThingRequest", "PutThingResult", "QueryForms", "Thing"]
