# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""Errors of Headers."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
