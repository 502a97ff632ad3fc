# Generated, do not edit: `python -m edgemote_codegen generate --model checksums=model.json
# checksums` writes it anew.
# Model checksums, API version 2020-01-01,
# sha256 3a0dd03dd5f1f2ae194d20b84984b92030dbc71897d65c23a7e898559594c420
"""What callers may pass: structs, or dicts as boto3 has them."""

from typing import TypedDict

from typing_extensions import NotRequired

class PutMd5Params(TypedDict):
    Name: NotRequired[str]
    Algorithm: NotRequired[str]

class PutCrcParams(TypedDict):
    Name: NotRequired[str]
    Algorithm: NotRequired[str]
