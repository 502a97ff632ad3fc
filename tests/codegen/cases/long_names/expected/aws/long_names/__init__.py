# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 80026b60f273a026db527cf7e5a64d5fcb5853856ba417f022afb5b42f222583
"""Long Names: client, structs and errors."""

from .client import (
    LongNames,
)
from .errors import (
    VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong,
)
from .shapes import (
    PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest,
    PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse,
    ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong,
)

__all__ = [
    "LongNames",
    "PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongRequest",
    "PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongResponse",
    "ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong",
    "VeryLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong",
]
