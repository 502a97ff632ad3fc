# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_0=model.json json_1_0`
# writes it anew.
# Model json_1_0, API version 2020-01-01,
# sha256 b1528ef67c00142783cb5784885ab6bb103ef7e1ffa9b2393fc18c26c0f371f2
"""Structs of Json 1 0."""

from __future__ import annotations

from ..shape import Shape, Timestamp


class PutRequest(Shape, kw_only=True):
    Name: str
    At: Timestamp | None = None


class PutResponse(Shape, kw_only=True, rename={"Id": "id"}):
    Id: str | None = None
