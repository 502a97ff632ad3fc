# Generated, do not edit: `python -m edgemote_codegen generate --model headers=model.json headers`
# writes it anew.
# Model headers, API version 2020-01-01,
# sha256 ce9de77486abb28e72e8004cda1128a8e1dd91a650a6eb43218f8115f82cd68d
"""Headers: client, structs and errors."""

from .client import Headers
from .shapes import PutThingRequest, PutThingResponse

__all__ = ["Headers", "PutThingRequest", "PutThingResponse"]
