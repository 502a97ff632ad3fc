# Generated, do not edit: `python -m edgemote_codegen generate --no-docs --model no_docs=model.json
# no_docs` writes it anew.
# Model no_docs, API version 2020-01-01,
# sha256 cbe342beab07a8f540795cde6768f210c93a85f063244ddd48676e001ab9e0d7
"""Errors of No Docs."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class Bad(ServiceError):
    pass
