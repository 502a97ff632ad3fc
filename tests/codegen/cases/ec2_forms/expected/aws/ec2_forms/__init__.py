# Generated, do not edit: `python -m edgemote_codegen generate --model ec2_forms=model.json
# ec2_forms` writes it anew.
# Model ec2_forms, API version 2020-01-01,
# sha256 b0d57dfb1abc06484c73b74e211bf549ba4ce8ab54b1bb2951f1aa31947e848d
"""EC2 Forms: client, structs and errors."""

from .client import EC2Forms
from .errors import NoSuchThing
from .shapes import PutThingRequest, PutThingResult, Thing

__all__ = ["EC2Forms", "NoSuchThing", "PutThingRequest", "PutThingResult", "Thing"]
