# Generated, do not edit: `python -m edgemote_codegen generate --model timestamp_formats=model.json
# timestamp_formats` writes it anew.
# Model timestamp_formats, API version 2020-01-01,
# sha256 cbaeafdff1b8b9e71faeb1a3aa9c2f1f40eb41900c4b7b603d16ab5a61b8c27b
"""Errors of Timestamp Formats."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
