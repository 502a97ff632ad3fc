"""What services need beyond their models: botocore has it in botocore.handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def list_headers(service: str, metadata: Mapping[str, Any]) -> dict[str, str]:
    """Headers of every request to a service."""
    if service == "glacier":
        return {"x-amz-glacier-version": metadata["apiVersion"]}
    # Without it API Gateway answers in HAL.
    return {"accept": "application/json"} if service == "apigateway" else {}


# Operations whose bodies go with a tree hash, which their models name as a parameter only.
TREE_HASHES = {("glacier", "UploadArchive"), ("glacier", "UploadMultipartPart")}

# Operations that need more than a request of their own.
REFUSED = {
    ("machinelearning", "Predict"): "an endpoint that is a parameter is not supported",
}
