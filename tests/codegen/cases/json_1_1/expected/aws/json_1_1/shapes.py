# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_1=model.json json_1_1`
# writes it anew.
# Model json_1_1, API version 2020-01-01,
# sha256 eadebb7ec4e0f46cafff27fb4352b13fe574a5f38025010c014f424ef2b31af8
"""Structs of Json 1 1."""

from __future__ import annotations

from ..shape import Shape, Timestamp


class PutRequest(Shape, kw_only=True):
    Name: str
    At: Timestamp | None = None


class PutResponse(Shape, kw_only=True):
    Id: str | None = None
