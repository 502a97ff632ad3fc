# Generated, do not edit: `python -m edgemote_codegen generate --model rpc_v2=model.json rpc_v2`
# writes it anew.
# Model rpc_v2, API version 2020-01-01,
# sha256 f9d84d178ba1aab5c740c16886c64d52229e505b41b6b4a927e3c14aea2eda3d
"""Structs of Rpc V2."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape, Single, Timestamp

SingleNumber0 = Annotated[float, Meta(ge=0.0, extra={"single": True})]


class PutRequest(Shape, kw_only=True):
    Time: Timestamp | None = None
    Date: Timestamp | None = None
    Share: SingleNumber0 | None = None
    Number: Single | None = None
    Ratio: float | None = None
    Data: bytes | None = None
    Shares: list[Single] | None = None


class PutResponse(Shape, kw_only=True):
    Time: Timestamp | None = None
    Date: Timestamp | None = None
    Share: Single | None = None
    Number: Single | None = None
    Ratio: float | None = None
    Data: bytes | None = None
    Shares: list[Single] | None = None
