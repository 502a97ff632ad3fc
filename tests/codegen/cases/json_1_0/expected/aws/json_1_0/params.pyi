# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_0=model.json json_1_0`
# writes it anew.
# Model json_1_0, API version 2020-01-01,
# sha256 b1528ef67c00142783cb5784885ab6bb103ef7e1ffa9b2393fc18c26c0f371f2
"""What callers may pass: structs, or dicts as boto3 has them."""

from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

Time = float | datetime | str

class PutParams(TypedDict):
    Name: str
    At: NotRequired[Time]
