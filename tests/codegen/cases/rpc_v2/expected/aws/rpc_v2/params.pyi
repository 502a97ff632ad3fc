# Generated, do not edit: `python -m edgemote_codegen generate --model rpc_v2=model.json rpc_v2`
# writes it anew.
# Model rpc_v2, API version 2020-01-01,
# sha256 f9d84d178ba1aab5c740c16886c64d52229e505b41b6b4a927e3c14aea2eda3d
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

Blob = bytes | bytearray | str | BinaryIO
Time = float | datetime | str

class PutParams(TypedDict):
    Time: NotRequired[Time]
    Date: NotRequired[Time]
    Share: NotRequired[float]
    Number: NotRequired[float]
    Ratio: NotRequired[float]
    Data: NotRequired[Blob]
    Shares: NotRequired[Sequence[float]]
