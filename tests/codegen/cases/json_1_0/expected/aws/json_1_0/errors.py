# Generated, do not edit: `python -m edgemote_codegen generate --model json_1_0=model.json json_1_0`
# writes it anew.
# Model json_1_0, API version 2020-01-01,
# sha256 b1528ef67c00142783cb5784885ab6bb103ef7e1ffa9b2393fc18c26c0f371f2
"""Errors of Json 1 0."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class Bad(ServiceError):
    pass
