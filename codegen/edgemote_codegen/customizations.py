"""What boto3 does for services beyond their models, in rows: botocore has it in botocore.handlers.

Rows name services by their serviceId. Whatever a function has to do on the device is in
`customizations`, `s3_parameters`, `s3_copies` and `decoded_text` of the shared modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .ir import Reference

# (serviceId, operation) -> arguments of its Operation, beside those that the model has.
_ARGUMENTS: dict[tuple[str, str], dict[str, Any]] = {
    # The tree hash is a parameter in the model, which a caller would have to work out.
    ("Glacier", "UploadArchive"): {"checksum": "tree"},
    ("Glacier", "UploadMultipartPart"): {"checksum": "tree"},
    # The endpoint is a parameter.
    ("Machine Learning", "Predict"): {"url_member": "PredictEndpoint"},
    # The root of the response is the one member itself, which the model cannot express. A caller
    # that asks for a bucket's region does not know its host yet, and any host may tell it.
    ("S3", "GetBucketLocation"): {
        "result_is_root": True,
        "endpoint_values": {"force_path_style": True},
    },
}
# serviceId -> headers of every request.
_HEADERS = {
    "API Gateway": {"accept": "application/json"},  # without it, responses are in HAL
    "Glacier": {"x-amz-glacier-version": "{apiVersion}"},
}
# What paths begin with and is not sent so: the endpoint rules put it into the address.
_PATH_STARTS = {"S3": "/{Bucket}"}

# Functions that change the parameters first: serviceId -> function, where the input has a member.
_RDS = ("SourceRegion", 'customizations.leave_out("SourceRegion")')
_PREPARED = {
    "DocDB": _RDS,
    "Glacier": ("accountId", 'customizations.fill("accountId", "-")'),
    "Neptune": _RDS,
    "RDS": _RDS,
    "S3": ("Bucket", "s3_parameters.fit_s3"),
}
# (serviceId, operation) -> function, in place of that of the service.
_PREPARED_OPERATIONS = {
    ("Auto Scaling", "CreateLaunchConfiguration"): "customizations.encode_user_data",
    ("EC2", "RunInstances"): "customizations.encode_user_data",
    ("S3", "CopyObject"): "s3_copies.fit_copy",
    ("S3", "UploadPartCopy"): "s3_copies.fit_copy",
}
# Shapes of Route 53 that are written with a path and sent without.
_IDS = ("ResourceId", "DelegationSetId", "ChangeId")

# (serviceId, struct, member) -> the annotation of a text that is decoded.
_DECODED = {
    ("CloudFormation", "GetTemplateOutput", "TemplateBody"): "DecodedTemplate",
    ("EC2", "GetConsoleOutputResult", "Output"): "DecodedConsole",
}
_DECODED_SHAPES = {("IAM", "policyDocumentType"): "DecodedPolicy"}


def add_arguments(service_id: str, operation: str, arguments: dict[str, Any]) -> None:
    """Those of an Operation; a table is added to the one that is there."""
    for name, value in _ARGUMENTS.get((service_id, operation), {}).items():
        is_table = isinstance(value, dict)
        arguments[name] = {**arguments.get(name, {}), **value} if is_table else value


def shorten_path(service_id: str, path: str) -> str:
    return path.removeprefix(_PATH_STARTS.get(service_id, ""))


def lower_preparation(
    service_id: str, operation: str, shape: Mapping[str, Any]
) -> dict[str, Reference]:
    """The argument of an Operation, where one is needed."""
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
    """The annotation of a member of a response, where boto3 decodes its text."""
    named = _DECODED.get((service_id, struct, member))
    return named or _DECODED_SHAPES.get((service_id, shape))


def list_headers(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Headers of every request to a service."""
    headers = _HEADERS.get(metadata.get("serviceId", ""), {})
    return {
        name: value.replace("{apiVersion}", metadata["apiVersion"])
        for name, value in headers.items()
    }


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
