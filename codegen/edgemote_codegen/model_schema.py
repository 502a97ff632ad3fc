"""Validates what the generator needs from a service model; everything else may be anything.

Parts are validated when they are first used, so an error in an unused part does not matter.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert

from .errors import ModelError
from .ir import Model
from .models import suggest
from .protocols import Protocol

Form = TypeVar("Form", bound=Struct)

_QUOTED = 60  # characters of a wrong value


# Text for comments and messages, which must not be able to end the line.
_LINE = r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z"
_Line = Annotated[str, Meta(pattern=_LINE)]
# Text that requests contain unchanged: in hosts, paths, forms and the scopes of signatures.
_PLAIN = r"\A[A-Za-z0-9._-]*\Z"
_Plain = Annotated[str, Meta(pattern=_PLAIN)]
_METHOD = r"\A[A-Z]+\Z"
_PATH = r'\A/[^\x00-\x20"#<>\\^`|\x7f-\U0010ffff]*\Z'
_HOST_PREFIX = r"\A(?:[A-Za-z0-9.-]|\{[^{}]*\})*\Z"
_EXPECTED = {
    _LINE: "a single line of text",
    _PLAIN: "letters, digits, periods, hyphens and underscores",
    _METHOD: "a method in capital letters",
    _PATH: "a path that begins with a slash, with what a URL cannot contain percent-encoded",
    _HOST_PREFIX: "letters, digits, hyphens, periods and {labels}",
}
# The names that members may have on the wire, by location.
_HEADER = (r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "a header name of letters, digits and hyphens")
_BODY = (r'[^"\\\x00-\x1f]+', "text without quotes, backslashes and control characters")
_LOCATED = {
    "header": _HEADER,
    "headers": (f"(?:{_HEADER[0]})?", _HEADER[1]),
    "uri": (r"[^{}+]+", "a label of a path, without braces and plus signs"),
    "querystring": (r"(?s:.+)", "text"),
    "statusCode": (r"(?s:.*)", "text"),
}
_ELEMENT = (r"[A-Za-z_][A-Za-z0-9_:.-]*", "a valid XML name")
# Headers that only the signer and the transport set.
_TAKEN_HEADERS = (
    "authorization",
    "host",
    "transfer-encoding",
    "x-amz-date",
    "x-amz-security-token",
)


class _Metadata(Struct, rename="camel"):
    api_version: _Plain
    endpoint_prefix: Annotated[str, Meta(pattern=_PLAIN, min_length=1)]
    protocol: _Line | UnsetType = UNSET
    protocols: list[_Line] | UnsetType = UNSET
    service_id: _Line = ""
    service_full_name: _Line = ""
    signing_name: Annotated[str, Meta(pattern=_PLAIN, min_length=1)] | UnsetType = UNSET
    target_prefix: _Plain = ""
    json_version: _Plain | float = ""
    uid: _Line = ""
    signature_version: _Line = "v4"
    auth: list[_Line] = []


class _Traits(Struct, rename="camel"):
    """The traits of a shape and of a reference to it; those of the reference take precedence."""

    location: Literal["uri", "querystring", "header", "headers", "statusCode"] | UnsetType = UNSET
    location_name: _Line | UnsetType = UNSET
    payload: str | UnsetType = UNSET
    min: float | UnsetType = UNSET
    enum: list[str] = []
    timestamp_format: str | UnsetType = UNSET
    documentation: str | UnsetType = UNSET
    context_param: _Named | UnsetType = UNSET
    query_name: _Line | UnsetType = UNSET
    result_wrapper: _Line | UnsetType = UNSET
    xml_namespace: _Namespace | _Line | UnsetType = UNSET
    document: bool = False
    eventstream: bool = False
    flattened: bool = False
    host_label: bool = False
    idempotency_token: bool = False
    jsonvalue: bool = False
    sensitive: bool = False
    sparse: bool = False
    streaming: bool = False
    xml_attribute: bool = False


class _Shape(_Traits, rename="camel", kw_only=True):
    type: Literal[
        "structure",
        "list",
        "map",
        "string",
        "integer",
        "long",
        "float",
        "double",
        "boolean",
        "blob",
        "timestamp",
        "bigdecimal",
        "biginteger",
        "character",
        "short",
        "byte",
    ]
    members: dict[str, Any] | UnsetType = UNSET
    required: list[str] = []
    member: dict[str, Any] | UnsetType = UNSET
    key: dict[str, Any] | UnsetType = UNSET
    value: dict[str, Any] | UnsetType = UNSET
    error: _Error | UnsetType = UNSET
    retryable: _Retryable | UnsetType = UNSET
    exception: bool = False
    union: bool = False


class _Error(Struct, rename="camel"):
    code: str | UnsetType = UNSET


class _Retryable(Struct, rename="camel"):
    throttling: bool = False


class _Reference(_Traits, rename="camel", kw_only=True):
    shape: str


class _Namespace(Struct):
    uri: _Line
    prefix: _Line = ""


class _Named(Struct, rename="camel"):
    name: str


class _Operation(Struct, rename="camel"):
    http: _Http | UnsetType = UNSET
    input: _Reference | UnsetType = UNSET
    output: _Reference | UnsetType = UNSET
    errors: list[_Reference] = []
    endpoint: _HostPrefix | UnsetType = UNSET
    auth: list[_Line] | UnsetType = UNSET
    authtype: _Line | UnsetType = UNSET
    documentation: str | UnsetType = UNSET
    http_checksum: dict[str, Any] = {}
    http_checksum_required: bool = False
    unsigned_payload: bool = False
    requestcompression: _Compression | UnsetType = UNSET
    operation_context_params: dict[str, _Path] = {}
    static_context_params: dict[str, _Fixed] = {}


class _Compression(Struct):
    encodings: list[str] = []


class _Http(Struct, rename="camel"):
    method: Annotated[str, Meta(pattern=_METHOD)] = "POST"
    request_uri: Annotated[str, Meta(pattern=_PATH)] = "/"


class _HostPrefix(Struct, rename="camel"):
    host_prefix: Annotated[str, Meta(pattern=_HOST_PREFIX)] = ""


class _Path(Struct, rename="camel"):
    path: str


class _Fixed(Struct, rename="camel"):
    value: bool | str | list[str]


def check_metadata(model: Model) -> Mapping[str, Any]:
    """Validate the metadata that a client needs."""
    metadata = find_object(model, "metadata")
    _fit(model, metadata, "$.metadata", _Metadata)
    return metadata


def find_object(model: Model, name: str) -> Mapping[str, Any]:
    """Return a top-level object of the model."""
    value = model.content.get(name)
    if not isinstance(value, dict):
        raise ModelError(model.origin, f"$.{name}", "expected an object")
    return value


# Texts of endpoint rules that requests have as they are: where -> what, {templates} among it.
_RULE_TEXTS = {
    r"endpoint\.url": (
        r'(?:https?://|\{)[^\x00-\x20"<>\\^`|\x7f-\U0010ffff]*',
        "a URL that begins with http:// or https://",
    ),
    r"endpoint\.headers\..*\[\d+\]": (r"[\x20-\x7e]*", "ASCII text"),
    r"endpoint\.headers\.name": _HEADER,
    r"authSchemes\[\d+\]\.signing(?:Name|Region)": (
        r"(?:[A-Za-z0-9._*-]|\{[^{}]*\})*",
        "letters, digits, periods, hyphens and underscores",
    ),
}


def _check_rule_text(model: Model, text: str, path: str, below: str = "") -> None:
    if not text.isprintable():
        raise ModelError(
            model.origin, f"endpoint-rule-set-1.json: {path}", "has a control character"
        )
    for place, form in _RULE_TEXTS.items():
        if re.search(rf"\.{place}\Z", path + below):
            _check_text(model, text, f"endpoint-rule-set-1.json: {path}", form)


def check_rule_set(model: Model) -> None:
    """Validate the texts of the endpoint rules. They must not contain control characters, because
    they are written into code, and those that requests contain unchanged must be valid there.
    """
    pending: list[tuple[Any, str]] = [(model.rule_set, "$")]
    while pending:
        value, path = pending.pop()
        if isinstance(value, str):
            _check_rule_text(model, value, path)
        if isinstance(value, dict):
            for key in value:
                # Among headers a key is a text of a request, elsewhere one of the rules' language.
                _check_rule_text(model, key, path, ".name" if path.endswith(".headers") else "key")
            pending += ((part, f"{path}.{key}") for key, part in value.items())
        elif isinstance(value, list):
            pending += ((part, f"{path}[{at}]") for at, part in enumerate(value))


def check_operation(model: Model, name: str, operation: Any) -> None:
    """Validate the operation itself."""
    path = f"$.operations.{name}"
    _check_name(model, name, path, "an operation")
    _fit(model, operation, path, _Operation)


def check_shape(model: Model, name: str, shape: Any) -> None:
    """Validate the shape itself, without those that it refers to."""
    path = f"$.shapes.{name}"
    form = _fit(model, shape, path, _Shape)
    for part in {"structure": ("members",), "list": ("member",), "map": ("key", "value")}.get(
        form.type, ()
    ):
        if getattr(form, part) is UNSET and not form.document:  # which is any JSON value
            raise ModelError(model.origin, path, f"a {form.type} needs {part!r}")
        if part in shape and part != "members":
            _fit(model, shape[part], f"{path}.{part}", _Reference)
    if form.type == "structure":
        _check_name(model, name, path, "a structure")
        _check_members(model, path, form)


def _check_members(model: Model, path: str, form: _Shape) -> None:
    members = form.members or {}
    for member, reference in members.items():
        _check_name(model, member, f"{path}.members.{member}", "a member")
        _fit(model, reference, f"{path}.members.{member}", _Reference)
    for required in form.required:
        if required not in members:
            raise _dangling(model, f"{path}.required", required, members)
    if form.payload is not UNSET and form.payload not in members:
        raise _dangling(model, f"{path}.payload", str(form.payload), members)


def check_roles(
    model: Model,
    name: str,
    operation: Mapping[str, Any],
    shapes: Mapping[str, Any],
    protocol: Protocol,
) -> None:
    """Validate the operation with its input, output and errors, which are valid themselves.
    References are merged.
    """
    path = f"$.operations.{name}"
    for role, reference in (
        *((role, operation[role]) for role in ("input", "output") if role in operation),
        *((f"errors[{at}]", error) for at, error in enumerate(operation.get("errors", ()))),
    ):
        kind = shapes[reference["shape"]]["type"]
        if kind != "structure":
            raise ModelError(
                model.origin,
                f"{path}.{role}.shape",
                f"names {reference['shape']!r}, a {kind}: expected a structure",
            )
        members = shapes[reference["shape"]]["members"]
        if reference.get("document"):
            raise ModelError(
                model.origin,
                f"{path}.{role}.shape",
                f"names {reference['shape']!r}, a document: expected a structure with members",
            )
        if reference.get("payload", None) not in (None, *members):
            raise _dangling(model, f"{path}.{role}.payload", reference["payload"], members)
    references = shapes[operation["input"]["shape"]]["members"] if "input" in operation else {}
    root = operation.get("input", {}).get("locationName")
    if root is not None and protocol.xml and protocol.binds:
        _check_text(model, root, f"{path}.input.locationName", _ELEMENT)
    labels = {
        reference.get("locationName", member)
        for member, reference in references.items()
        if reference.get("location") == "uri"
    }
    template = operation.get("http", {}).get("requestUri", "/")
    _check_labels(model, template, f"{path}.http.requestUri", labels)
    template = operation.get("endpoint", {}).get("hostPrefix", "")
    _check_labels(model, template, f"{path}.endpoint.hostPrefix", references)
    for member, reference in references.items():
        wire = reference.get("locationName", member)
        if reference.get("location") == "header" and wire.lower() in _TAKEN_HEADERS:
            raise ModelError(
                model.origin,
                f"{path}.input",
                f"has a member {member!r} for the header {wire!r}, which only the client sets",
            )
    for trait in ("requestAlgorithmMember", "requestValidationModeMember"):
        member = operation.get("httpChecksum", {}).get(trait)
        if member is not None and member not in references:
            raise _dangling(model, f"{path}.httpChecksum.{trait}", str(member), references)


_LABEL = r"\{([^}+]*)\+?\}"


def _check_labels(model: Model, template: str, path: str, known: Iterable[str]) -> None:
    for label in re.findall(_LABEL, template):
        if label not in known:
            raise ModelError(
                model.origin, path, f"has a label {label!r}, which no member of the input fills"
            )
    if "{" in (rest := re.sub(_LABEL, "", template)) or "}" in rest:
        raise ModelError(model.origin, path, f"is {template[:_QUOTED]!r}: its braces do not match")


def _check_text(model: Model, text: str, path: str, form: tuple[str, str]) -> None:
    if not re.fullmatch(form[0], text):
        raise ModelError(model.origin, path, f"is {text[:_QUOTED]!r}: expected {form[1]}")


def check_wire_names(model: Model, name: str, shape: Mapping[str, Any], protocol: Protocol) -> None:
    """Validate the wire names of a structure's members. References are merged."""
    in_body = _ELEMENT if protocol.xml and protocol.binds else _BODY
    if protocol.xml:
        for part in ("member", "key", "value"):
            path = f"$.shapes.{name}.{part}.locationName"
            _check_text(model, shape.get(part, {}).get("locationName", part), path, in_body)
    owners: dict[tuple[str, str], str] = {}
    for member, reference in shape.get("members", {}).items():
        location = reference.get("location", "") if protocol.binds else ""
        wire = reference.get("locationName", member)
        path = f"$.shapes.{name}.members.{member}.locationName"
        _check_text(model, wire, path, _LOCATED.get(location, in_body))
        if not location:
            continue
        key = location, wire.lower() if location == "header" else wire
        if location in ("header", "uri", "querystring") and key in owners:
            raise ModelError(
                model.origin, path, f"is {wire!r}, which is already the name of {owners[key]!r}"
            )
        owners[key] = member


def check_keys(model: Model, name: str, shapes: Mapping[str, Any]) -> None:
    """Validate that a map's keys are strings, after its key has been read."""
    shape = shapes[name]
    if shape["type"] == "map" and shapes[shape["key"]["shape"]]["type"] != "string":
        raise ModelError(
            model.origin,
            f"$.shapes.{name}.key.shape",
            f"names {shape['key']['shape']!r}: expected a string",
        )


def _check_name(model: Model, name: str, path: str, what: str) -> None:
    """Validate a name: ASCII, because Python normalizes other letters; without outer underscores,
    because these have a meaning in Python and here.
    """
    stem = f"{name}_" if keyword.iskeyword(name) else name
    if not (name.isascii() and stem.isidentifier()) or name.strip("_") != name:
        raise ModelError(model.origin, path, f"is not a valid Python name for {what}")


def _dangling(model: Model, path: str, name: str, known: Iterable[str]) -> ModelError:
    return ModelError(
        model.origin, path, f"names {name!r}, which is not a member{suggest(name, known)}"
    )


def _fit(model: Model, value: Any, path: str, form: type[Form]) -> Form:
    try:
        return convert(value, form)
    except ValidationError as error:
        problem, _, spot = str(error).partition(" - at `$")
        problem = problem[:1].lower() + problem[1:]
        place = path + spot.rstrip("`")
        for pattern, expected in _EXPECTED.items():
            if repr(pattern) in problem:
                found = _find_text(value, place.removeprefix(path))
                problem = f"is {found}: expected {expected}"
        raise ModelError(model.origin, place, problem) from None


def _find_text(value: Any, spot: str) -> str:
    """Return the value at a place, to quote it; "wrong" if it cannot be found."""
    for step in re.findall(r"[^.\[\]]+", spot):
        if isinstance(value, (dict, list)):
            value = value[int(step)] if isinstance(value, list) else value.get(step)
    return repr(value[:_QUOTED]) if isinstance(value, str) else "wrong"
