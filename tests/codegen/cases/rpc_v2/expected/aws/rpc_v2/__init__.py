# Generated, do not edit: `python -m edgemote_codegen generate --model rpc_v2=model.json rpc_v2`
# writes it anew.
# Model rpc_v2, API version 2020-01-01,
# sha256 f9d84d178ba1aab5c740c16886c64d52229e505b41b6b4a927e3c14aea2eda3d
"""Rpc V2: client, structs and errors."""

from .client import RpcV2
from .shapes import PutRequest, PutResponse

__all__ = ["PutRequest", "PutResponse", "RpcV2"]
