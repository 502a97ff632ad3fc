# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 636b5e37012fc713467b6859df5a71cd6cff1efd6615c3682a4b529a3f0597c2
"""Errors of Python Names."""

from __future__ import annotations


# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
