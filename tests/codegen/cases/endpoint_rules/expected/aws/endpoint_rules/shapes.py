# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 b970629782418198eb72b8e9a494ea05fa1b560337bac8cefd6ca5c3e03b39be
"""Structs of Endpoint Rules."""

from __future__ import annotations

from aws.shape import Shape


class GetStreamRequest(Shape, kw_only=True):
    StreamARN: str


class GetStreamsRequest(Shape, kw_only=True):
    Streams: list[Stream] | None = None


class Stream(Shape, kw_only=True):
    Name: str | None = None
