# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_override=model.json
# --protocol protocol_override=smithy-rpc-v2-cbor protocol_override` writes it anew.
# Model protocol_override, API version 2020-01-01,
# sha256 cb994b2e933582c5389d2f53f2a86411ae1037d913a19bc90e4e05bacc84cc47
"""Structs of Protocol Override."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(Shape, kw_only=True):
    Name: str | None = None
