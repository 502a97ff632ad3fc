# Generated, do not edit: `python -m edgemote_codegen generate --model payloads=model.json payloads`
# writes it anew.
# Model payloads, API version 2020-01-01,
# sha256 ff5b74355e5e584f880fbd7b50037172cbe36c45aaae0142775ba27b9ba7fc32
"""Payloads: client, structs and errors."""

from .client import Payloads
from .shapes import (
    PutBlobRequest,
    PutBlobResponse,
    PutDocumentRequest,
    PutDocumentResponse,
    PutStreamRequest,
    PutStreamResponse,
    PutStringRequest,
    PutStringResponse,
    PutStructureRequest,
    PutStructureResponse,
    Thing,
)

__all__ = [
    "Payloads",
    "PutBlobRequest",
    "PutBlobResponse",
    "PutDocumentRequest",
    "PutDocumentResponse",
    "PutStreamRequest",
    "PutStreamResponse",
    "PutStringRequest",
    "PutStringResponse",
    "PutStructureRequest",
    "PutStructureResponse",
    "Thing",
]
