# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json
# long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 8c504d7fa40d9614b3f8e4a5d56c81949c9a107dd65b9684ffb34cb0bbef5fd0
"""Long Names: client, structs and errors."""

from .client import LongNames
from .errors import (
    VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong,
)
from .shapes import (
    PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest,
    PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse,
    ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong,
)

__all__ = [
    "LongNames",
    "PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest",
    "PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse",
    "ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong",
    "VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong",
]
