# Generated, do not edit: `python -m edgemote_codegen generate --model recursive_shapes=model.json
# recursive_shapes` writes it anew.
# Model recursive_shapes, API version 2020-01-01,
# sha256 a1adb0a8f5f3a2f28ce3b609ec94aec69b387c4ccd935d644729bd6c6981ec96
"""Operations and client of Recursive Shapes."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_TREE: Operation[shapes.PutTreeResponse]

class RecursiveShapes(Client):
    """Client of Recursive Shapes. `edgemote.connect(RecursiveShapes)` makes it."""

    exceptions = errors

    def put_tree(self, **params: Unpack[_params.PutTreeParams]) -> shapes.PutTreeResponse:
        """PutTree.

        https://docs.aws.amazon.com/goto/WebAPI/recursive-shapes-2020-01-01/PutTree
        """
