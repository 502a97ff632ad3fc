# Generated, do not edit: `python -m edgemote_codegen generate --no-docs --model no_docs=model.json
# no_docs` writes it anew.
# Model no_docs, API version 2020-01-01,
# sha256 cbe342beab07a8f540795cde6768f210c93a85f063244ddd48676e001ab9e0d7
"""No Docs: client, structs and errors."""

from .client import NoDocs
from .errors import Bad
from .shapes import PutRequest

__all__ = ["Bad", "NoDocs", "PutRequest"]
