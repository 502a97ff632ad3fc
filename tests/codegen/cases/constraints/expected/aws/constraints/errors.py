# Generated, do not edit: `python -m edgemote_codegen generate --model constraints=model.json
# constraints` writes it anew.
# Model constraints, API version 2020-01-01,
# sha256 fad140c6f524a116f3d9681c55649f3b2c6d3b84ce8e6eb5b2204804d0c4134b
"""Errors of Constraints."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
