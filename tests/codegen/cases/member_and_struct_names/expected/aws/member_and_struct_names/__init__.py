# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 8833106467ef4e5c24a1c0234ba9009fa030d457fc6e60d63f0e939c53ab8844
"""Member And Struct Names: client, structs and errors."""

from .client import MemberAndStructNames
from .shapes import Checksum, Definition, Modules, PutRequest, PutResponse

__all__ = ["Checksum", "Definition", "MemberAndStructNames", "Modules", "PutRequest", "PutResponse"]
