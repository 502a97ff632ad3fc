# Generated, do not edit: `python -m edgemote_codegen generate --model traits_of_targets=model.json
# traits_of_targets` writes it anew.
# Model traits_of_targets, API version 2020-01-01,
# sha256 20af37f6f48699009de64231abcdfc791afa58a15cc0bb366813fdcfefb4964c
"""Structs of Traits."""

from __future__ import annotations

from ..shape import Document, Iso8601Timestamp, SensitiveStr, Shape, TaggedUnion, Timestamp
from . import shapes


class AskInput(Shape, kw_only=True):
    Head: str | None = None
    OtherHead: str | None = None
    Whole: Document | None = None
    Heads: dict[str, str] | None = None


class AskOutput(Shape, kw_only=True):
    Head: str | None = None
    Heads: dict[str, str] | None = None
    When: Timestamp | None = None
    """The target's words."""

    Then: Iso8601Timestamp | None = None
    """The target's words."""

    Hidden: SensitiveStr | None = None
    Whole: Document | None = None
    Choice: shapes.Choice | None = None


class Choice(TaggedUnion, kw_only=True):
    One: SensitiveStr | None = None
    Other: Iso8601Timestamp | None = None
    """The target's words."""
