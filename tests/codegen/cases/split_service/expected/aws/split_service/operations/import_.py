# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Import of Split Service, and the structs that it alone uses."""

from __future__ import annotations

from ...operation import Operation

IMPORT: Operation[None] = Operation(
    name="Import",
)
