"""What a service model must hold for the generator to read it without surprise; all else it may
hold is let through.

Checked is what is reached, as it is reached: a flaw in a part that nobody asked for bothers nobody.
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

Form = TypeVar("Form", bound=Struct)


# Text that ends up in comments and messages: it must not be able to end the line.
_Line = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z")]


class _Metadata(Struct, rename="camel"):
    api_version: _Line
    endpoint_prefix: _Line
    protocol: _Line | UnsetType = UNSET
    protocols: list[_Line] | UnsetType = UNSET
    service_id: _Line = ""
    service_full_name: _Line = ""
    signing_name: _Line = ""
    target_prefix: _Line = ""
    json_version: _Line | float = ""
    uid: _Line = ""
    signature_version: _Line = "v4"
    auth: list[_Line] = []


class _Traits(Struct, rename="camel"):
    """What a shape and a reference to it may say: the reference has the last word."""

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
    operation_context_params: dict[str, _Path] = {}
    static_context_params: dict[str, _Fixed] = {}


class _Http(Struct, rename="camel"):
    method: str = "POST"
    request_uri: str = "/"


class _HostPrefix(Struct, rename="camel"):
    host_prefix: str = ""


class _Path(Struct, rename="camel"):
    path: str


class _Fixed(Struct, rename="camel"):
    value: bool | str | list[str]


def check_metadata(model: Model) -> Mapping[str, Any]:
    """The metadata, with all that a client needs."""
    metadata = find_object(model, "metadata")
    _fit(model, metadata, "$.metadata", _Metadata)
    return metadata


def find_object(model: Model, name: str) -> Mapping[str, Any]:
    """A top-level object of the model."""
    value = model.content.get(name)
    if not isinstance(value, dict):
        raise ModelError(model.origin, f"$.{name}", "expected an object")
    return value


def check_rule_set(model: Model) -> None:
    """The texts of the endpoint rules have no control characters: they are written into code."""
    pending: list[tuple[Any, str]] = [(model.rule_set, "$")]
    while pending:
        value, path = pending.pop()
        if isinstance(value, str) and not value.isprintable():
            raise ModelError(
                model.origin, f"endpoint-rule-set-1.json: {path}", "has a control character"
            )
        if isinstance(value, dict):
            pending += ((key, path) for key in value)
            pending += ((part, f"{path}.{key}") for key, part in value.items())
        elif isinstance(value, list):
            pending += ((part, f"{path}[{at}]") for at, part in enumerate(value))


def check_operation(model: Model, name: str, operation: Any) -> None:
    """The operation by itself."""
    path = f"$.operations.{name}"
    _check_name(model, name, path, "an operation")
    _fit(model, operation, path, _Operation)


def check_shape(model: Model, name: str, shape: Any) -> None:
    """The shape by itself, without those that it refers to."""
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
    model: Model, name: str, operation: Mapping[str, Any], shapes: Mapping[str, Any]
) -> None:
    """The operation together with its input, output and errors, which are sound by themselves;
    references are merged.
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
    labels = {
        reference.get("locationName", member)
        for member, reference in references.items()
        if reference.get("location") == "uri"
    }
    template = operation.get("http", {}).get("requestUri", "/")
    _check_labels(model, template, f"{path}.http.requestUri", labels)
    template = operation.get("endpoint", {}).get("hostPrefix", "")
    _check_labels(model, template, f"{path}.endpoint.hostPrefix", references)


def _check_labels(model: Model, template: str, path: str, known: Iterable[str]) -> None:
    for label in re.findall(r"\{([^}+]*)\+?\}", template):
        if label not in known:
            raise ModelError(
                model.origin, path, f"has a label {label!r}, which no member of the input fills"
            )


def check_keys(model: Model, name: str, shapes: Mapping[str, Any]) -> None:
    """A map's keys are strings; known only after its key has been read."""
    shape = shapes[name]
    if shape["type"] == "map" and shapes[shape["key"]["shape"]]["type"] != "string":
        raise ModelError(
            model.origin,
            f"$.shapes.{name}.key.shape",
            f"names {shape['key']['shape']!r}: expected a string",
        )


def _check_name(model: Model, name: str, path: str, what: str) -> None:
    """ASCII, because Python normalises other letters; no outer underscores, because Python and we
    give them a meaning.
    """
    stem = f"{name}_" if keyword.iskeyword(name) else name
    if not (name.isascii() and stem.isidentifier()) or name.strip("_") != name:
        raise ModelError(model.origin, path, f"is not a name that {what} can have in Python")


def _dangling(model: Model, path: str, name: str, known: Iterable[str]) -> ModelError:
    return ModelError(
        model.origin, path, f"names {name!r}, which is no member{suggest(name, known)}"
    )


def _fit(model: Model, value: Any, path: str, form: type[Form]) -> Form:
    try:
        return convert(value, form)
    except ValidationError as error:
        problem, _, spot = str(error).partition(" - at `$")
        problem = problem[:1].lower() + problem[1:]
        if "matching regex" in problem:  # the one of _Line
            problem = "expected text of one line"
        raise ModelError(model.origin, path + spot.rstrip("`"), problem) from None
