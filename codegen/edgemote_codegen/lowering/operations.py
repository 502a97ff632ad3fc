"""Operations as data: the places of their members in request and response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from ..auth import list_auth, lower_auth
from ..customizations import add_arguments, lower_preparation, shorten_path
from ..ir import OperationIR, Reference
from ..selection import find_endpoint_operation, needs_discovery
from .shapes import no_doc
from .types import ShapeTypes, location_name, read_namespace


def lower_operation(
    types: ShapeTypes,
    name: str,
    constant: str,
    method: str,
    params_name: str,
    endpoint_arguments: Mapping[str, Any],
    service_auth: tuple[str, ...],
    module: str,
    doc: Callable[[str | None], str],
) -> OperationIR:
    operation = types.selected.operations[name]
    metadata = types.selected.model.content["metadata"]
    service_id = metadata.get("serviceId", "")
    arguments: dict[str, Any] = {"name": name}
    if operation.get("http", {}).get("method", "POST") != "POST":
        arguments["method"] = operation["http"]["method"]
    if types.protocol.binds:
        path, _, static_query = operation.get("http", {}).get("requestUri", "/").partition("?")
        path = shorten_path(service_id, path)
        arguments |= {"path": path} if path != "/" else {}
        arguments |= {"static_query": static_query} if static_query else {}
    elif types.protocol.xml:
        arguments["static_query"] = f"Action={name}&Version={metadata['apiVersion']}"
    host_prefix = operation.get("endpoint", {}).get("hostPrefix", "")
    if "RequiresAccountId" in operation.get("staticContextParams", {}):
        host_prefix = host_prefix.removeprefix("{AccountId}.")  # the endpoint rules put it there
    arguments |= {"host_prefix": host_prefix} if host_prefix else {}
    input_shape, output_shape = (
        operation.get(role, {}).get("shape") for role in ("input", "output")
    )
    prefix = "shapes." if module == "client" else ""
    result = "None"
    if input_shape is not None:
        arguments["input"] = Reference(f"{prefix}{types.struct_names[input_shape]}")
        arguments |= _lower_token(types.shapes[input_shape])
        if types.protocol.xml or types.protocol.binds:
            arguments |= lower_preparation(service_id, name, types.shapes[input_shape])
        if types.protocol.binds:
            arguments |= _lower_input_bindings(types, operation["input"])
        if types.protocol.binds and types.protocol.xml:
            arguments |= _lower_body_element(types, operation["input"])
    if output_shape is not None:
        result = f"shapes.{types.struct_names[output_shape]}"
        arguments["output"] = Reference(f"{prefix}{types.struct_names[output_shape]}")
        if types.protocol.binds:
            arguments |= _lower_output_bindings(types, operation["output"])
        if "resultWrapper" in operation["output"]:
            arguments["result_wrapper"] = operation["output"]["resultWrapper"]
    if types.protocol.binds and _maps_headers(types, operation):
        arguments["maps_headers"] = True
    names = list_auth(operation, metadata)
    if lower_auth(names) != service_auth:
        arguments["auth"] = lower_auth(names)
    if operation.get("unsignedPayload") or names[0] == "v4-unsigned-body":
        arguments["signed_body"] = False
    arguments |= _lower_checksums(operation)
    arguments |= _lower_compression(types, operation, lower_auth(names))
    if "checksum_member" in arguments and _streams(types, operation["input"]):
        arguments["trailers"] = True
    if input_shape is not None:
        arguments |= _lower_presigned_member(types.shapes[input_shape])
    arguments |= endpoint_arguments
    if operation.get("endpointoperation"):
        arguments["fixed_headers"] = {"x-amz-api-version": metadata["apiVersion"]}
    if needs_discovery(operation):
        operations = types.selected.model.content["operations"]
        arguments["discovered_by"] = find_endpoint_operation(operations)
    add_arguments(service_id, name, arguments)
    return OperationIR(
        constant=constant,
        method_name=method,
        params_name=params_name if input_shape is not None else "",
        hides_self=input_shape is not None and "self" in types.shapes[input_shape]["members"],
        result=result,
        annotation=": Operation[None]" if result == "None" else "",
        arguments=tuple(arguments.items()),
        module=module,
        doc=_operation_doc(types, operation, metadata, name, doc),
    )


def take_request(operation: OperationIR) -> OperationIR:
    """The same, where its method takes a request struct as well."""
    found = dict(operation.arguments).get("input")
    if found is None:
        return operation
    return replace(operation, request=f"shapes.{found.name.removeprefix('shapes.')}")


def _lower_token(shape: Mapping[str, Any]) -> dict[str, Any]:
    tokens = [name for name, member in shape["members"].items() if member.get("idempotencyToken")]
    return {"token": tokens[0]} if tokens else {}


def _lower_checksums(operation: Mapping[str, Any]) -> dict[str, Any]:
    traits = operation.get("httpChecksum", {})
    arguments = {}
    if operation.get("httpChecksumRequired") or traits.get("requestChecksumRequired"):
        arguments["checksum"] = "CRC32"
    for trait, argument in (
        ("requestAlgorithmMember", "checksum_member"),
        ("requestValidationModeMember", "validation_member"),
    ):
        if trait in traits:
            arguments[argument] = traits[trait]
    return arguments


def _lower_compression(
    types: ShapeTypes, operation: Mapping[str, Any], auth: tuple[str, ...] | None
) -> dict[str, Any]:
    """Return which bodies are compressed with gzip. botocore supports no other encoding, and none
    with Signature Version 2.
    """
    encodings = operation.get("requestcompression", {}).get("encodings", ())
    if "gzip" not in encodings or "input" not in operation or "sigv2" in (auth or ()):
        return {}
    members = types.shapes[operation["input"]["shape"]]["members"]
    payload = members.get(operation["input"].get("payload"))
    if payload is None or types.shapes[payload["shape"]]["type"] != "blob":
        return {"compression": "large"}
    return {} if "requiresLength" in payload else {"compression": "all"}


def _lower_presigned_member(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts for copies between regions, of EC2, RDS, Neptune and DocumentDB."""
    if "SourceRegion" not in shape["members"]:
        return {}
    found = [name for name in shape["members"] if name.lower() == "presignedurl"]
    return {"presigned_member": found[0]} if found else {}


_INPUT_TABLES = {
    "uri": "labels",
    "querystring": "query",
    "header": "headers",
    "headers": "prefix_headers",
}


def _lower_input_bindings(types: ShapeTypes, role: Mapping[str, Any]) -> dict[str, Any]:
    bindings: dict[str, Any] = {}
    for member, reference in types.shapes[role["shape"]]["members"].items():
        table = _INPUT_TABLES.get(reference.get("location", ""))
        if table == "query" and types.shapes[reference["shape"]]["type"] == "map":
            bindings["query_map"] = member
        elif table is not None:
            wire = reference.get("locationName", member)
            bindings.setdefault(table, {})[wire] = member
    if "payload" in role:
        bindings["payload"] = role["payload"]
    return bindings


def _lower_body_element(types: ShapeTypes, reference: Mapping[str, Any]) -> dict[str, Any]:
    """Return the root of an XML body: that of the input or of its payload."""
    shape = types.shapes[reference["shape"]]
    payload = reference.get("payload")
    if payload is not None:
        reference = shape["members"][payload]
        if types.shapes[reference["shape"]]["type"] not in ("structure", "list", "map"):
            return {}
    elif all(member.get("location") for member in shape["members"].values()):
        return {}
    arguments: dict[str, Any] = {
        "body_name": location_name(types.shapes, reference) or reference["shape"]
    }
    # A list or a map has its own among the facts of its type.
    if "xmlNamespace" in reference and types.shapes[reference["shape"]]["type"] == "structure":
        arguments["body_namespace"] = read_namespace(reference)
    return arguments


def _lower_output_bindings(types: ShapeTypes, role: Mapping[str, Any]) -> dict[str, Any]:
    bindings: dict[str, Any] = {}
    members = types.shapes[role["shape"]]["members"]
    for member, reference in members.items():
        location = reference.get("location")
        # A map of headers without a prefix has all headers of a response. In a request, its own
        # name is a header.
        wire = reference.get("locationName", "" if location == "headers" else member)
        if location == "header":
            bindings.setdefault("result_headers", {})[wire] = member
        elif location == "headers":
            bindings.setdefault("result_prefix_headers", {})[wire] = member
        elif location == "statusCode":
            bindings["result_status"] = member
    payload = role.get("payload")
    if payload is not None:
        bindings["result_payload"] = payload
        if _streams(types, role):
            bindings["streams"] = True
    return bindings


def _streams(types: ShapeTypes, role: Mapping[str, Any]) -> bool:
    """Whether the body of a request, or of a response, is a stream of bytes."""
    shape = types.shapes[role["shape"]]
    reference = shape["members"].get(role.get("payload"), {})
    streams = reference.get("streaming", False)
    return bool(streams and types.shapes[reference["shape"]]["type"] == "blob")


def _maps_headers(types: ShapeTypes, operation: Mapping[str, Any]) -> bool:
    """Whether a response, or an error, has a map of headers."""
    outputs = [*operation.get("errors", ())]
    outputs += [operation["output"]] if "output" in operation else []
    return any(
        reference.get("location") == "headers"
        for output in outputs
        for reference in types.shapes[output["shape"]]["members"].values()
    )


def _operation_doc(
    types: ShapeTypes,
    operation: Mapping[str, Any],
    metadata: Mapping[str, Any],
    name: str,
    doc: Callable[[str | None], str],
) -> str:
    if doc is no_doc:
        return ""
    parts = [doc(operation.get("documentation")) or f"{name}."]
    raised = [types.struct_names[error["shape"]] for error in operation.get("errors", ())]
    if raised:
        parts.append(f"Raises {', '.join(raised)}.")
    if metadata.get("uid"):
        parts.append(f"https://docs.aws.amazon.com/goto/WebAPI/{metadata['uid']}/{name}")
    return "\n\n".join(parts)
