# Generated, do not edit: `python -m edgemote_codegen generate --model uri_labels=model.json
# uri_labels` writes it anew.
# Model uri_labels, API version 2020-01-01,
# sha256 5dc7e5fc8440e979ac04b7d3400c281b2e8198fc11308b9ef33031c1ff910436
"""Uri Labels: client, structs and errors."""

from .client import UriLabels
from .shapes import GetPartRequest, GetShelfAtRequest

__all__ = ["GetPartRequest", "GetShelfAtRequest", "UriLabels"]
