# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""Paths: client, structs and errors."""

from .client import Paths
from .shapes import ByNameRequest, Item, ItemsRequest, Named, Source, StreamRequest

__all__ = ["ByNameRequest", "Item", "ItemsRequest", "Named", "Paths", "Source", "StreamRequest"]
