# Generated, do not edit: `python -m edgemote_codegen generate --model traits_of_targets=model.json
# traits_of_targets` writes it anew.
# Model traits_of_targets, API version 2020-01-01,
# sha256 20af37f6f48699009de64231abcdfc791afa58a15cc0bb366813fdcfefb4964c
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping
from typing import Any, TypedDict

from typing_extensions import NotRequired

class AskParams(TypedDict):
    Head: NotRequired[str]
    OtherHead: NotRequired[str]
    Whole: NotRequired[Any]
    Heads: NotRequired[Mapping[str, str]]
