# Generated, do not edit: `python -m edgemote_codegen generate --model bearer_token=model.json
# bearer_token` writes it anew.
# Model bearer_token, API version 2020-01-01,
# sha256 3c1a44b9cabe365ba50136606f8187e3cb41e20ee64a3e7c0c2003703455aee9
"""Errors of Tokens."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class Refused(ServiceError):
    pass
