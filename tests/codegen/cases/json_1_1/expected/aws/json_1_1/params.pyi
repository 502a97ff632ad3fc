# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_1=model.json json_1_1`
# writes it anew.
# Model json_1_1, API version 2020-01-01,
# sha256 eadebb7ec4e0f46cafff27fb4352b13fe574a5f38025010c014f424ef2b31af8
"""What callers may pass: structs, or dicts as boto3 has them."""

from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

Time = float | datetime | str

class PutParams(TypedDict):
    Name: str
    At: NotRequired[Time]
