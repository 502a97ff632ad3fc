# Generated, do not edit: `python -m edgemote_codegen generate --model recursive_shapes=model.json
# recursive_shapes` writes it anew.
# Model recursive_shapes, API version 2020-01-01,
# sha256 a1adb0a8f5f3a2f28ce3b609ec94aec69b387c4ccd935d644729bd6c6981ec96
"""Recursive Shapes: client, structs and errors."""

from .client import RecursiveShapes
from .shapes import Left, Node, PutTreeRequest, PutTreeResponse, Right, Value

__all__ = ["Left", "Node", "PutTreeRequest", "PutTreeResponse", "RecursiveShapes", "Right", "Value"]
