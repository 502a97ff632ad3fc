# Generated, do not edit: `python -m edgemote_codegen generate --model
# endpoint_parameter_paths=model.json endpoint_parameter_paths` writes it anew.
# Model endpoint_parameter_paths, API version 2020-01-01,
# sha256 ca524750d1a3e59d0bacf75dde883e38ab3b67f0ba9033cf277242f9fc4ce693
"""Errors of Paths."""

from __future__ import annotations

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}
