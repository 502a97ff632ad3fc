# Generated, do not edit: `python -m edgemote_codegen generate --model minimal=model.json minimal`
# writes it anew.
# Model minimal, API version 2020-01-01,
# sha256 350a56b699b10747d840c2874b84fcab1c0db19ee2b2dcb30605e3efe7b88b42
"""Minimal: client, structs and errors."""

from .client import Minimal

__all__ = ["Minimal"]
