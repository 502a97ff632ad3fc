# Generated, do not edit: `python -m edgemote_codegen generate --model ec2_forms=model.json
# ec2_forms` writes it anew.
# Model ec2_forms, API version 2020-01-01,
# sha256 b0d57dfb1abc06484c73b74e211bf549ba4ce8ab54b1bb2951f1aa31947e848d
"""Errors of EC2 Forms."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {"Thing.Missing": "NoSuchThing"}


class NoSuchThing(ServiceError):
    Reason: str | None = None
