# Generated, do not edit: `python -m edgemote_codegen generate --model query_compatible=model.json
# query_compatible` writes it anew.
# Model query_compatible, API version 2020-01-01,
# sha256 f7bed54eaf361ce54940221c4cf5d4d612e2525c5a4af758588d9a4048b65d2f
"""Errors of Query Compatible."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {"Example.Bad": "Bad"}


class Bad(ServiceError):
    pass
