# Generated, do not edit: `python -m edgemote_codegen generate --model query_forms=model.json
# query_forms` writes it anew.
# Model query_forms, API version 2020-01-01,
# sha256 0f709d51f4ebc71c5896d302055a709a8628091319dd89e02bbf620927c3d8fa
"""Errors of Query Forms."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {"Thing.Missing": "NoSuchThing"}


class NoSuchThing(ServiceError):
    Reason: str | None = None
