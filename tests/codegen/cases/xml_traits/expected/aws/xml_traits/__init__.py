# Generated, do not edit: `python -m edgemote_codegen generate --model xml_traits=model.json
# xml_traits` writes it anew.
# Model xml_traits, API version 2020-01-01,
# sha256 6919ba49d5ef3c1bf013ec950013703326f556d7bf7855288214a2e86cfb2785
"""XML Traits: client, structs and errors."""

from .client import XMLTraits
from .errors import Throttled
from .shapes import In, Out, PutThingRequest, Thing

__all__ = ["In", "Out", "PutThingRequest", "Thing", "Throttled", "XMLTraits"]
