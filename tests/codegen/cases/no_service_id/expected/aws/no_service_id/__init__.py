# Generated, do not edit: `python -m edgemote_codegen generate --model no_service_id=model.json
# no_service_id` writes it anew.
# Model no_service_id, API version 2020-01-01,
# sha256 2efa19338e424f8f27cab9b874f9e9585d79d22bf1f390f793711a9301e1eaad
"""No Service Id: client, structs and errors."""

from .client import NoServiceId

__all__ = ["NoServiceId"]
