# Generated, do not edit: `python -m edgemote_codegen generate --model python_names=model.json
# python_names` writes it anew.
# Model python_names, API version 2020-01-01,
# sha256 c27154b90ef94ee6dd322d35cf9615cd67143872e115e705d653c848238eef49
"""Errors of Python Names."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
