# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 2871b009fe7e038527e4c5de1bf1096e72716931d997e51d90e8664ae84267fd
"""Left Out: client, structs and errors."""

from .client import LeftOut
from .shapes import GetResponse

__all__ = ["GetResponse", "LeftOut"]
