# Generated, do not edit: `python -m edgemote_codegen generate --model
# one_name_in_head_and_body=model.json one_name_in_head_and_body` writes it anew.
# Model one_name_in_head_and_body, API version 2020-01-01,
# sha256 4f6c89d32feef8abf44e3c26858f19ec6bc105531ce9f9ff8c7d2cae8face3eb
"""Structs of One Name In Head And Body."""

from __future__ import annotations

from ..shape import Shape


class PutRequest(
    Shape, kw_only=True, rename={"httpMethod": "httpMethod_", "integrationHttpMethod": "httpMethod"}
):
    httpMethod: str
    integrationHttpMethod: str | None = None


class PutResponse(Shape, kw_only=True, rename={"Id": "Id_", "OwnId": "Id"}):
    Id: str | None = None
    OwnId: str | None = None
