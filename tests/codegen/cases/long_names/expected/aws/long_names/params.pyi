# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json
# long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 8c504d7fa40d9614b3f8e4a5d56c81949c9a107dd65b9684ffb34cb0bbef5fd0
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongParams(TypedDict):
    RequiredLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: (
        shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
        | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
    )
    OptionalLongLongLongLongLongLongLongLongLongLong: NotRequired[
        shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
        | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
    ]
    Map: NotRequired[
        Mapping[
            str,
            Sequence[
                shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
                | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
            ],
        ]
    ]
    List: NotRequired[
        Sequence[
            shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
            | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
        ]
    ]
    OptionalLongerLongerLongerLongerLongerLongerLongerLonger: NotRequired[
        Mapping[
            str,
            Sequence[
                shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
                | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
            ],
        ]
    ]
    OptionalLongestLongestLongestLongest: NotRequired[
        Sequence[
            shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
            | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
        ]
    ]

class ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict(TypedDict):
    Name: NotRequired[str]
