# Generated, do not edit: `python -m edgemote_codegen generate --model constraints=model.json
# constraints` writes it anew.
# Model constraints, API version 2020-01-01,
# sha256 fad140c6f524a116f3d9681c55649f3b2c6d3b84ce8e6eb5b2204804d0c4134b
"""Constraints: client, structs and errors."""

from .client import Constraints
from .shapes import Part, PutRequest, PutResponse

__all__ = ["Constraints", "Part", "PutRequest", "PutResponse"]
