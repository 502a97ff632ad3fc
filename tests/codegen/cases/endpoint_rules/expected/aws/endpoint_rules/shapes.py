# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json
# endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 210c8cd0af61558b6e1b61b359e1ef26d7285df658401dfb17280b8c3a3930e5
"""Structs of Endpoint Rules."""

from __future__ import annotations

from ..shape import Shape


class GetStreamRequest(Shape, kw_only=True):
    StreamARN: str


class GetStreamsRequest(Shape, kw_only=True):
    StreamNames: list[str] | None = None
