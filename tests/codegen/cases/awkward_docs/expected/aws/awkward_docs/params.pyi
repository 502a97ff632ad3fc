# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_docs=model.json
# awkward_docs` writes it anew.
# Model awkward_docs, API version 2020-01-01,
# sha256 820c5888e5037c7c79a274ad630fb4632eae7121b2c81d946578270c8cb88391
"""What callers may pass: structs, or dicts as boto3 has them."""

from typing import TypedDict

from typing_extensions import NotRequired

class PutParams(TypedDict):
    State: NotRequired[str]
    Backslash: NotRequired[str]
    TripleQuotes: NotRequired[str]
    TrailingQuote: NotRequired[str]
    LeadingQuote: NotRequired[str]
    OnlyQuote: NotRequired[str]
    NestedList: NotRequired[str]
    Code: NotRequired[str]
    Entities: NotRequired[str]
    LongWord: NotRequired[str]
    OnlyLongWord: NotRequired[str]
    Links: NotRequired[str]
    Unclosed: NotRequired[str]
    Empty: NotRequired[str]
    Blank: NotRequired[str]
    Comment: NotRequired[str]
    ExactlyOneLine: NotRequired[str]
    OneLineTooLong: NotRequired[str]
    NoRoomForQuotes: NotRequired[str]
    Invisible: NotRequired[str]
    Table: NotRequired[str]
    DefaultsAndPercent: NotRequired[str]
