# Generated, do not edit: `python -m edgemote_codegen generate --model traits_of_targets=model.json
# traits_of_targets` writes it anew.
# Model traits_of_targets, API version 2020-01-01,
# sha256 20af37f6f48699009de64231abcdfc791afa58a15cc0bb366813fdcfefb4964c
"""Traits: client, structs and errors."""

from .client import Traits
from .errors import Refused
from .shapes import AskInput, AskOutput, Choice

__all__ = ["AskInput", "AskOutput", "Choice", "Refused", "Traits"]
