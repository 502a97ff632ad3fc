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

# Operations whose endpoint is a parameter.
URL_MEMBERS = {("machinelearning", "Predict"): "PredictEndpoint"}

# Parameters that boto3 calls otherwise than the model does: (service, operation, member) -> name.
_ALIASES = {
    ("cloudsearchdomain", "Search", "return"): "returnFields",
    ("logs", "CreateExportTask", "from"): "fromTime",
}


def find_alias(service: str, operation: str, member: str) -> str:
    """What boto3 calls a parameter."""
    if (service, member) == ("ec2", "Filter"):
        return "Filters"
    return _ALIASES.get((service, operation, member), member)


def rename_members(service: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """A model in which parameters have boto3's names; the wire keeps the model's."""
    shapes = dict(content["shapes"])
    for name, operation in content["operations"].items():
        root = operation.get("input", {}).get("shape")
        members = shapes[root]["members"] if root is not None else {}
        aliases = {
            member: alias
            for member in members
            if (alias := find_alias(service, name, member)) != member
        }
        if aliases:
            shapes[root] = {
                **shapes[root],
                "members": {
                    aliases.get(member, member): {"locationName": member, **reference}
                    if member in aliases
                    else reference
                    for member, reference in members.items()
                },
                "required": [
                    aliases.get(member, member) for member in shapes[root].get("required", ())
                ],
            }
    return {**content, "shapes": shapes}
