"""What boto3 does with some parameters and results that no model tells of: by functions of
aws.customizations and aws.decoded_text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ir import Reference

# (serviceId, operation) -> function
_FUNCTIONS = {
    ("Auto Scaling", "CreateLaunchConfiguration"): "encode_user_data",
    ("EC2", "RunInstances"): "encode_user_data",
}
# Shapes of Route 53 that are written with a path and sent without.
_IDS = ("ResourceId", "DelegationSetId", "ChangeId")
_RDS = ("RDS", "Neptune", "DocDB")


def lower_preparation(
    service_id: str, operation: str, shape: Mapping[str, Any]
) -> dict[str, Reference]:
    """The argument of an Operation, where one is needed."""
    members = shape["members"]
    function = _FUNCTIONS.get((service_id, operation), "")
    if service_id == "S3" and "Bucket" in members:
        function = "fit_s3"
    elif service_id == "Route 53":
        ids = [f'"{name}"' for name, member in members.items() if member["shape"] in _IDS]
        function = f"shorten({', '.join(ids)})" if ids else ""
    elif service_id == "Glacier" and "accountId" in members:
        function = 'fill("accountId", "-")'
    elif service_id in _RDS and "SourceRegion" in members:
        function = 'leave_out("SourceRegion")'
    return {"prepare": Reference(f"customizations.{function}")} if function else {}


# (serviceId, struct, member) -> annotation of aws.decoded_text
_DECODED = {
    ("CloudFormation", "GetTemplateOutput", "TemplateBody"): "DecodedTemplate",
    ("EC2", "GetConsoleOutputResult", "Output"): "DecodedConsole",
}


def find_decoding(service_id: str, struct: str, member: str, shape: str) -> str | None:
    """The annotation of a member of an answer, where boto3 decodes its text."""
    if (service_id, shape) == ("IAM", "policyDocumentType"):
        return "DecodedPolicy"
    return _DECODED.get((service_id, struct, member))
