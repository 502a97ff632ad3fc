# Generated, do not edit: `python -m edgemote_codegen generate --no-docs --model no_docs=model.json
# no_docs` writes it anew.
# Model no_docs, API version 2020-01-01,
# sha256 cbe342beab07a8f540795cde6768f210c93a85f063244ddd48676e001ab9e0d7
"""Structs of No Docs."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(Shape, kw_only=True):
    Name: str | None = None
    State: str | None = None
