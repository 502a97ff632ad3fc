# Generated, do not edit: `python -m edgemote_codegen generate --model renamed_members=model.json
# renamed_members` writes it anew.
# Model renamed_members, API version 2020-01-01,
# sha256 70028c645b5f3c95042e1151152ff63180ecf333354d2ccd9ce504b8fd127333
"""Renamed Members: client, structs and errors."""

from .client import RenamedMembers
from .shapes import PutRequest, PutResponse, Thing

__all__ = ["PutRequest", "PutResponse", "RenamedMembers", "Thing"]
