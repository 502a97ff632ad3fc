# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_docs=model.json
# awkward_docs` writes it anew.
# Model awkward_docs, API version 2020-01-01,
# sha256 820c5888e5037c7c79a274ad630fb4632eae7121b2c81d946578270c8cb88391
"""Awkward Docs: client, structs and errors."""

from .client import AwkwardDocs
from .errors import Bad
from .shapes import PutRequest

__all__ = ["AwkwardDocs", "Bad", "PutRequest"]
