# Generated, do not edit: `python -m edgemote_codegen generate --model sensitive_members=model.json
# sensitive_members` writes it anew.
# Model sensitive_members, API version 2020-01-01,
# sha256 f4c3a80f0c87d5163d2205cf362d8c0fce1d27850c4ce7ef00f4e8035c022a21
"""Sensitive Members: client, structs and errors."""

from .client import SensitiveMembers
from .shapes import Owner, PutSecretRequest, PutSecretResponse

__all__ = ["Owner", "PutSecretRequest", "PutSecretResponse", "SensitiveMembers"]
