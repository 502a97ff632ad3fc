# Generated, do not edit: `python -m edgemote_codegen generate --model
# one_name_in_head_and_body=model.json one_name_in_head_and_body` writes it anew.
# Model one_name_in_head_and_body, API version 2020-01-01,
# sha256 4f6c89d32feef8abf44e3c26858f19ec6bc105531ce9f9ff8c7d2cae8face3eb
"""One Name In Head And Body: client, structs and errors."""

from .client import OneNameInHeadAndBody
from .shapes import PutRequest, PutResponse

__all__ = ["OneNameInHeadAndBody", "PutRequest", "PutResponse"]
