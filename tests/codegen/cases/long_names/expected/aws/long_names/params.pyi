# Generated, do not edit: `python -m edgemote_codegen generate --model long_names=model.json long_names` writes it anew.
# Model long_names, API version 2020-01-01,
# sha256 80026b60f273a026db527cf7e5a64d5fcb5853856ba417f022afb5b42f222583
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from typing_extensions import NotRequired

from . import shapes

class PutVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongVeryLongParams(TypedDict):
    RequiredLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: (
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
    OptionalLongestLongestLongestLongestLongestLongestLongestLongest: NotRequired[
        Sequence[
            shapes.ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong
            | ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict
        ]
    ]

class ThingLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongDict(TypedDict):
    Name: NotRequired[str]
