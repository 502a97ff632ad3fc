# Generated, do not edit: `python -m edgemote_codegen generate --model sensitive_members=model.json
# sensitive_members` writes it anew.
# Model sensitive_members, API version 2020-01-01,
# sha256 f4c3a80f0c87d5163d2205cf362d8c0fce1d27850c4ce7ef00f4e8035c022a21
"""Structs of Sensitive Members."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import SensitiveBytes, SensitiveStr, Shape
from . import shapes

SensitiveString8 = Annotated[str, Meta(min_length=8, extra={"sensitive": True})]


class PutSecretRequest(Shape, kw_only=True):
    Password: SensitiveString8
    Key: SensitiveBytes | None = None
    Old: list[SensitiveString8] | None = None
    Pin: SensitiveStr | None = None
    Owner: shapes.Owner | None = None
    ByName: dict[str, SensitiveStr] | None = None


class PutSecretResponse(Shape, kw_only=True):
    Password: SensitiveStr | None = None
    Key: SensitiveBytes | None = None


class Owner(Shape, kw_only=True):
    Name: str | None = None
