# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 c5bb3e94721d374806e1e6e9918795d541ddc0a77aeff6042c5a893a4b2a236c
"""Member And Struct Names: client, structs and errors."""

from .client import MemberAndStructNames
from .shapes import Checksum, Definition, PutRequest, PutResponse

__all__ = ["Checksum", "Definition", "MemberAndStructNames", "PutRequest", "PutResponse"]
