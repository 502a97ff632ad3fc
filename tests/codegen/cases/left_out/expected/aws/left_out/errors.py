# Generated, do not edit: `python -m edgemote_codegen generate --model left_out=model.json left_out`
# writes it anew.
# Model left_out, API version 2020-01-01,
# sha256 84fd8684abd8ff8b811ab7a73f83353fcf493d88d31580346902239506ecb839
"""Errors of Left Out."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
