# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_choice=model.json
# protocol_choice` writes it anew.
# Model protocol_choice, API version 2020-01-01,
# sha256 b4dfcbd5b7f8f63d9c7f7313b11a85abbf59b301e0e55b8044df24940a070206
"""Protocol Choice: client, structs and errors."""

from .client import ProtocolChoice
from .shapes import PutRequest

__all__ = ["ProtocolChoice", "PutRequest"]
