"""Tables of what boto3 does for services beyond their models, in botocore.handlers.

Rows name services by their serviceId. The functions that run on the device are in the shared
modules `customizations`, `s3_parameters`, `s3_copies` and `decoded_text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .ir import Reference

# (serviceId, operation) -> arguments of its Operation in addition to those of the model.
_ARGUMENTS: dict[tuple[str, str], dict[str, Any]] = {
    # In the model, the tree hash is a parameter, which the caller would have to calculate.
    ("Glacier", "UploadArchive"): {"checksum": "tree"},
    ("Glacier", "UploadMultipartPart"): {"checksum": "tree"},
    # The endpoint is a parameter.
    ("Machine Learning", "Predict"): {"url_member": "PredictEndpoint"},
    # The root of the response is the only member, which the model cannot express. A caller who asks
    # for a bucket's region does not know its host yet, and any host may answer.
    ("S3", "GetBucketLocation"): {
        "result_is_root": True,
        "endpoint_values": {"force_path_style": True},
    },
}
# serviceId -> headers of every request.
_HEADERS = {
    "API Gateway": {"accept": "application/json"},  # otherwise responses are in HAL
    "Glacier": {"x-amz-glacier-version": "{apiVersion}"},
}
# The start of paths that is not sent, because the endpoint rules put it into the address.
_PATH_STARTS = {"S3": "/{Bucket}"}

# Functions that change the parameters first: serviceId -> (required member, function).
_RDS = ("SourceRegion", 'customizations.leave_out("SourceRegion")')
_PREPARED = {
    "DocDB": _RDS,
    "Glacier": ("accountId", 'customizations.fill("accountId", "-")'),
    "Neptune": _RDS,
    "RDS": _RDS,
    "S3": ("Bucket", "s3_parameters.fit_s3"),
}
# (serviceId, operation) -> function instead of that of the service.
_PREPARED_OPERATIONS = {
    ("Auto Scaling", "CreateLaunchConfiguration"): "customizations.encode_user_data",
    ("EC2", "RunInstances"): "customizations.encode_user_data",
    ("S3", "CopyObject"): "s3_copies.fit_copy",
    ("S3", "UploadPartCopy"): "s3_copies.fit_copy",
}
# Shapes of Route 53 that callers write with a path, and that are sent without it.
_IDS = ("ResourceId", "DelegationSetId", "ChangeId")

# (serviceId, struct, member) -> the annotation of text that is decoded.
_DECODED = {
    ("CloudFormation", "GetTemplateOutput", "TemplateBody"): "DecodedTemplate",
    ("EC2", "GetConsoleOutputResult", "Output"): "DecodedConsole",
}
_DECODED_SHAPES = {("IAM", "policyDocumentType"): "DecodedPolicy"}


def add_arguments(service_id: str, operation: str, arguments: dict[str, Any]) -> None:
    """Return additional arguments of an Operation; a table is merged into an existing one."""
    for name, value in _ARGUMENTS.get((service_id, operation), {}).items():
        is_table = isinstance(value, dict)
        arguments[name] = {**arguments.get(name, {}), **value} if is_table else value


def shorten_path(service_id: str, path: str) -> str:
    return path.removeprefix(_PATH_STARTS.get(service_id, ""))


def lower_preparation(
    service_id: str, operation: str, shape: Mapping[str, Any]
) -> dict[str, Reference]:
    """Return the argument of an Operation that names the function, if it has one."""
    members = shape["members"]
    member, function = _PREPARED.get(service_id, ("", ""))
    if member not in members:
        function = ""
    function = _PREPARED_OPERATIONS.get((service_id, operation), function)
    if service_id == "Route 53":
        ids = [f'"{name}"' for name, part in members.items() if part["shape"] in _IDS]
        function = f"customizations.shorten({', '.join(ids)})" if ids else ""
    return {"prepare": Reference(function)} if function else {}


def find_decoding(service_id: str, struct: str, member: str, shape: str) -> str | None:
    """Return the annotation of a response's member if boto3 decodes its text."""
    named = _DECODED.get((service_id, struct, member))
    return named or _DECODED_SHAPES.get((service_id, shape))


def list_headers(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of every request to a service."""
    headers = _HEADERS.get(metadata.get("serviceId", ""), {})
    return {
        name: value.replace("{apiVersion}", metadata["apiVersion"])
        for name, value in headers.items()
    }


# Parameters that boto3 renames: (service, operation, member) -> name.
_ALIASES = {
    ("cloudsearchdomain", "Search", "return"): "returnFields",
    ("logs", "CreateExportTask", "from"): "fromTime",
}


def find_alias(service: str, operation: str, member: str) -> str:
    """Return boto3's name of a parameter."""
    if (service, member) == ("ec2", "Filter"):
        return "Filters"
    return _ALIASES.get((service, operation, member), member)


def rename_members(service: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a model in which parameters have boto3's names; the wire keeps the model's names."""
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
