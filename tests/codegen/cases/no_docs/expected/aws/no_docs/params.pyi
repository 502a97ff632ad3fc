# Generated, do not edit: `python -m edgemote_codegen generate --no-docs --model no_docs=model.json
# no_docs` writes it anew.
# Model no_docs, API version 2020-01-01,
# sha256 cbe342beab07a8f540795cde6768f210c93a85f063244ddd48676e001ab9e0d7
"""What callers may pass: structs, or dicts as boto3 has them."""

from typing import TypedDict

from typing_extensions import NotRequired

class PutParams(TypedDict):
    Name: NotRequired[str]
    State: NotRequired[str]
