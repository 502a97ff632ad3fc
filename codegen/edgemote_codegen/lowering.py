"""From a selected model to the IR: every decision about the generated code is made here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from . import docs, names
from .annotations import WIDTH
from .endpoints import (
    EndpointIR,
    EndpointRuleError,
    lower_bindings,
    lower_endpoint,
    make_standard_rule_set,
    summarise_bindings,
)
from .errors import ModelError, UnsupportedError
from .ir import DictIR, ErrorIR, Member, OperationIR, Reference, ServiceIR, StructIR
from .selection import Selected
from .soundness import check_rule_set

# Protocol -> the module of aws that speaks it.
PROTOCOL_MODULES = {"json": "aws_json", "rest-json": "rest_json"}

_SCALARS = {
    "string": "str",
    "character": "str",
    "integer": "int",
    "long": "int",
    "short": "int",
    "byte": "int",
    "biginteger": "int",
    "float": "float",
    "double": "float",
    "bigdecimal": "float",
    "boolean": "bool",
    "blob": "bytes",
}
_TIMESTAMPS = {
    "unixtimestamp": "Timestamp",
    "iso8601": "Iso8601Timestamp",
    "rfc822": "HttpTimestamp",
}
_LOCATION_TIMESTAMPS = {
    "header": "rfc822",
    "headers": "rfc822",
    "querystring": "iso8601",
    "uri": "iso8601",
}
_SENSITIVE = {"str": "SensitiveStr", "bytes": "SensitiveBytes"}
_ALIAS_NAMES = {"str": "String", "int": "Integer", "float": "Number"}


def lower_service(
    selected: Selected, partitions: Mapping[str, Any], *, with_docs: bool, command: str
) -> ServiceIR:
    """The package of one service."""
    model = selected.model
    metadata: dict[str, Any] = dict(model.content["metadata"])
    client_class = names.client_class(model.name, metadata)
    doc = docs.plain_text if with_docs else _no_doc
    errors = _error_shapes(selected)
    structures = [
        name
        for name, shape in selected.shapes.items()
        if shape["type"] == "structure" and name not in errors and not shape.get("document")
    ]
    constants = names.constants(selected.operations)
    methods = names.method_names(selected.operations)
    struct_names = names.struct_names([*structures, *errors], {client_class, *constants.values()})
    types = _Types(selected, struct_names)
    structs = tuple(_lower_struct(types, name, doc) for name in structures)
    error_irs = tuple(_lower_error(types, name, doc) for name in errors)
    params = names.unique(
        {name: f"{name}Params" for name in selected.operations},
        {f"{struct}Dict" for struct in struct_names.values()},
    )
    endpoint, endpoint_arguments = _lower_endpoint(selected, partitions)
    operations = tuple(
        _lower_operation(
            types, name, constants[name], methods[name], params[name], endpoint_arguments[name], doc
        )
        for name in selected.operations
    )
    dicts = _lower_dicts(types, params)
    exports = _exports(client_class, error_irs, structs)
    aliases = tuple(sorted(types.aliases.items(), key=_alias_order))
    return ServiceIR(
        name=model.name,
        module=names.module_name(model.name),
        command=command,
        full_name=docs.tidy(metadata.get("serviceFullName", model.name)),
        api_version=metadata["apiVersion"],
        model_sha256=model.sha256,
        client_class=client_class,
        protocol=selected.protocol,
        service_arguments=_service_arguments(selected, metadata),
        exports=exports,
        public_names=tuple(
            sorted((name for _, group in exports for name in group), key=names.export_order)
        ),
        imports={
            "shapes": _shapes_imports(structs, aliases, types.shadowed["shapes"]),
            "errors": _errors_imports(error_irs, types.shadowed["errors"]),
            "client": _client_imports(selected.protocol, operations),
            "params": _params_imports(dicts),
        },
        aliases=aliases,
        structs=structs,
        shadowed={
            module: tuple(sorted(found - {"Annotated"})) for module, found in types.shadowed.items()
        },
        errors=error_irs,
        names_by_code={error.code: error.name for error in error_irs if error.code != error.name},
        dict_aliases=tuple(
            (alias, annotation)
            for alias, annotation in _DICT_ALIASES.items()
            if _mentions(dicts, alias)
        ),
        dicts=dicts,
        operations=operations,
        left_out=selected.left_out,
        endpoint=endpoint,
    )


def _service_arguments(
    selected: Selected, metadata: Mapping[str, Any]
) -> tuple[tuple[str, Any], ...]:
    arguments: dict[str, Any] = {
        "name": selected.model.name,
        "service_id": metadata.get("serviceId", selected.model.name),
        "signing_name": metadata.get("signingName", metadata["endpointPrefix"]),
        "api_version": metadata["apiVersion"],
        "protocol": Reference(PROTOCOL_MODULES[selected.protocol]),
        "resolve": Reference("resolve"),
        "errors": Reference("errors"),
    }
    if selected.protocol == "json":
        arguments["target_prefix"] = metadata.get("targetPrefix", "")
        arguments["json_version"] = str(metadata.get("jsonVersion", "1.0"))
    if "awsQueryCompatible" in metadata:
        arguments["query_compatible"] = True
    return tuple(arguments.items())


def _exports(
    client_class: str, errors: tuple[ErrorIR, ...], structs: tuple[StructIR, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups = (
        ("client", (client_class,)),
        ("errors", tuple(sorted((error.name for error in errors), key=names.import_order))),
        ("shapes", tuple(sorted((struct.name for struct in structs), key=names.import_order))),
    )
    return tuple((module, exported) for module, exported in groups if exported)


# Imports ------------------------------------------------------------------------------------------

_SHAPE_NAMES = [
    "ByteStream",
    "Document",
    "HttpTimestamp",
    "Iso8601Timestamp",
    "JsonValue",
    "SensitiveBytes",
    "SensitiveStr",
    "Timestamp",
]
_DICT_ALIASES = {
    "Blob": "bytes | bytearray | str | BinaryIO",
    "Stream": "bytes | bytearray | str | BinaryIO | Iterable[bytes]",
    "Time": "float | datetime | str",
}


def _annotations(items: Iterable[StructIR | ErrorIR | DictIR]) -> str:
    return "\n".join(member.annotation for item in items for member in item.members)


def _import_names(module: str, imported: Iterable[str]) -> list[str]:
    line = f"from {module} import {', '.join(imported)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in imported), ")"]


def _find(text: str, candidates: Iterable[str]) -> list[str]:
    return [name for name in candidates if re.search(rf"(?<![\w.]){name}\b", text)]


def _mentions(items: Iterable[StructIR | ErrorIR | DictIR], name: str) -> bool:
    return bool(_find(_annotations(items), [name]))


def _shapes_imports(
    structs: tuple[StructIR, ...], aliases: tuple[tuple[str, str], ...], shadowed: Collection[str]
) -> tuple[str, ...]:
    lines: list[str] = []
    text = "\n".join((_annotations(structs), *shadowed))
    if aliases or _find(text, ("Annotated", "Meta")):
        lines.append("from typing import Annotated")
        if "Annotated" in shadowed:  # an assignment would not do for type checkers
            lines.append("from typing import Annotated as _Annotated")
        lines += ["", "from msgspec import Meta", ""]
    roots = {struct.root for struct in structs}
    used = sorted({*_find(text, _SHAPE_NAMES), *roots})
    return (*lines, *_import_names("aws.shape", used)) if used else tuple(lines)


def _errors_imports(errors: tuple[ErrorIR, ...], shadowed: Iterable[str]) -> tuple[str, ...]:
    lines = ["from aws.errors import ServiceError"] if errors else []
    text = "\n".join((_annotations(errors), *shadowed))
    if used := _find(text, _SHAPE_NAMES):
        lines += _import_names("aws.shape", used)
    if _find(text, ("shapes", "_shapes")):
        lines += ["", "from . import shapes"]
    return tuple(lines)


def _client_imports(protocol: str, operations: tuple[OperationIR, ...]) -> tuple[str, ...]:
    uses_shapes = any(
        isinstance(value, Reference)
        for operation in operations
        for name, value in operation.arguments
    )
    lines = [
        f"from aws import {PROTOCOL_MODULES[protocol]}",
        "from aws.operation import Client, Operation, Service",
        "",
        f"from . import errors{', shapes' if uses_shapes else ''}",
        "from .endpoint import resolve",
    ]
    if not any(operation.params_name for operation in operations):
        return tuple(lines)
    return (
        *("from typing import TYPE_CHECKING", ""),
        *lines,
        *("", "if TYPE_CHECKING:", "    from typing_extensions import Unpack"),
        *("", "    from . import params as _params"),
    )


def _params_imports(dicts: tuple[DictIR, ...]) -> tuple[str, ...]:
    text = _annotations(dicts)
    text += "\n".join(_DICT_ALIASES[alias] for alias in _find(text, _DICT_ALIASES))
    lines = []
    if abstract := _find(text, ("Iterable", "Mapping", "Sequence")):
        lines.append(f"from collections.abc import {', '.join(abstract)}")
    if _find(text, ["datetime"]):
        lines.append("from datetime import datetime")
    typing = [*_find(text, ("Any", "BinaryIO")), *(["TypedDict"] if dicts else [])]
    if typing:
        lines.append(f"from typing import {', '.join(typing)}")
    if any(not member.required for item in dicts for member in item.members):
        lines += ["", "from typing_extensions import NotRequired"]
    if "shapes." in text:
        lines += ["", "from . import shapes"]
    return tuple(lines)


# Endpoints ----------------------------------------------------------------------------------------


def _lower_endpoint(
    selected: Selected, partitions: Mapping[str, Any]
) -> tuple[EndpointIR, dict[str, dict[str, Any]]]:
    """The rules, and for each operation the arguments of its Operation that feed them."""
    model = selected.model
    check_rule_set(model)
    rule_set = model.rule_set or make_standard_rule_set(model.content["metadata"]["endpointPrefix"])
    try:
        bindings = {
            name: lower_bindings(
                operation, selected.shapes.get(operation.get("input", {}).get("shape"))
            )
            for name, operation in selected.operations.items()
        }
        use = summarise_bindings(bindings.values())
        endpoint = lower_endpoint(rule_set, partitions, supplied=use.supplied, fixed=use.fixed)
    except EndpointRuleError as error:
        raise UnsupportedError(f"{model.name}: endpoint rules: {error}") from None
    except (LookupError, TypeError, AttributeError) as error:  # a rule set of the user's own
        raise ModelError(
            model.origin, "endpoint-rule-set-1.json", f"is unsound: {error!r}"
        ) from None
    kept = {parameter.name for parameter in endpoint.parameters}
    arguments: dict[str, dict[str, Any]] = {}
    for name, bound in bindings.items():
        tables: dict[str, Any] = {}
        for binding in bound:
            if binding.name not in kept:
                continue
            if len(binding.path) > 1:
                raise UnsupportedError(
                    f"{model.name}:{name}: its endpoint depends on {binding.name}, a part of a "
                    "member, which is not supported"
                )
            if binding.path:
                tables.setdefault("endpoint_members", {})[binding.argument] = binding.path[0]
            else:
                tables.setdefault("endpoint_values", {})[binding.argument] = binding.value
        arguments[name] = tables
    return endpoint, arguments


# Shapes -------------------------------------------------------------------------------------------


def _no_doc(html: str | None) -> str:
    return ""


def _alias_order(item: tuple[str, str]) -> tuple[str, float]:
    stem = item[0].rstrip("0123456789_")
    number = item[0][len(stem) :].replace("_", "")
    return stem, float(number or 0)


def _error_shapes(selected: Selected) -> list[str]:
    """Shapes that are raised rather than returned."""
    raised = {
        error["shape"]
        for operation in selected.operations.values()
        for error in operation.get("errors", ())
    }
    # A shape that is both raised and a member of something stays a struct and gets an error beside
    # it by the caller's name: no model of botocore's has one that is also marked as an exception,
    # so the mark decides.
    return [
        name for name, shape in selected.shapes.items() if name in raised or shape.get("exception")
    ]


class _Scope(Struct):
    """Where annotations stand: in a class whose fields hide names of the module."""

    hidden: frozenset[str]
    shadowed: set[str]
    """names that are hidden somewhere in the module: it gives them private aliases"""
    prefix: str = ""
    """ "shapes" where the structs are in that module and not in this one"""

    def show(self, name: str) -> str:
        if name not in self.hidden:
            return name
        self.shadowed.add(name)
        return f"_{name}"

    def show_struct(self, name: str) -> str:
        return f"{self.show(self.prefix)}.{name}" if self.prefix else self.show(name)


class _Types:
    """Annotations for the shapes of one model."""

    def __init__(self, selected: Selected, struct_names: Mapping[str, str]) -> None:
        self.selected = selected
        self.shapes = selected.shapes
        self.struct_names = struct_names
        self.aliases: dict[str, str] = {}
        self.shadowed: dict[str, set[str]] = {"shapes": set(), "errors": set()}

    def of_member(self, reference: Mapping[str, Any], scope: _Scope, checked: bool) -> str:
        """Annotation of a member; `checked`: with minimums."""
        shape = self.shapes[reference["shape"]]
        location = reference.get("location", "")
        if shape["type"] == "timestamp":
            default = _LOCATION_TIMESTAMPS.get(location, "unixtimestamp")
            written = reference.get("timestampFormat") or shape.get("timestampFormat") or default
            return scope.show(self._timestamp(reference["shape"], written))
        if reference.get("jsonvalue") and location == "header":
            return scope.show("JsonValue")
        if shape["type"] == "blob" and (reference.get("streaming") or shape.get("streaming")):
            return scope.show("ByteStream")
        return self.of_shape(reference["shape"], scope, checked)

    def _timestamp(self, shape: str, written: str) -> str:
        annotation = _TIMESTAMPS.get(written.lower())
        if annotation is None:
            raise ModelError(
                self.selected.model.origin,
                f"$.shapes.{shape}.timestampFormat",
                f"{written!r} is none of {', '.join(_TIMESTAMPS)}",
            )
        return annotation

    def of_shape(self, name: str, scope: _Scope, checked: bool) -> str:
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            if shape.get("document"):
                return scope.show("Document")
            return scope.show_struct(self.struct_names[name])
        if kind == "timestamp":
            written = shape.get("timestampFormat") or "unixtimestamp"
            return scope.show(self._timestamp(name, written))
        if kind == "list":
            inner = self.of_shape(shape["member"]["shape"], scope, checked)
            outer = scope.show("list")
            annotation = f"{outer}[{_sparse(shape, inner)}]"
            return self._minimum(shape, annotation, scope) if checked else annotation
        if kind == "map":
            inner = self.of_shape(shape["value"]["shape"], scope, checked)
            # botocore checks no minimum of a map, but that of its keys.
            key = self.of_shape(shape["key"]["shape"], scope, checked)
            return f"{scope.show('dict')}[{key}, {_sparse(shape, inner)}]"
        return self._scalar(shape, scope, checked)

    def _scalar(self, shape: Mapping[str, Any], scope: _Scope, checked: bool) -> str:
        bare = _SCALARS[shape["type"]]
        sensitive = shape.get("sensitive") and bare in _SENSITIVE
        if checked and bare in _ALIAS_NAMES and _least(shape, bare) is not None:
            extra = ', extra={"sensitive": True}' if sensitive else ""
            return scope.show(self._minimum_alias(shape, bare, extra))
        return scope.show(_SENSITIVE[bare] if sensitive else bare)

    def _minimum(self, shape: Mapping[str, Any], annotation: str, scope: _Scope) -> str:
        """With a list's minimum."""
        least = _least(shape, "list")
        if least is None:
            return annotation
        return f"{scope.show('Annotated')}[{annotation}, {scope.show('Meta')}(min_length={least})]"

    def _minimum_alias(self, shape: Mapping[str, Any], bare: str, extra: str) -> str:
        """The name of a scalar with its minimum: they recur all over a model."""
        number = _least(shape, bare) or "0"
        meta = f"min_length={number}" if bare == "str" else f"ge={number}"
        words = number.removesuffix(".0").replace("-", "Minus").replace(".", "_").replace("+", "")
        alias = f"{'Sensitive' if extra else ''}{_ALIAS_NAMES[bare]}{words}"
        while alias in self.struct_names.values():
            alias += "_"
        self.aliases[alias] = f"Annotated[{bare}, Meta({meta}{extra})]"
        return alias

    def for_caller(self, reference: Mapping[str, Any]) -> str:
        """Annotation of what a caller may pass: dicts for structs, datetimes for timestamps, any
        sequence.
        """
        shape = self.shapes[reference["shape"]]
        if reference.get("jsonvalue") and reference.get("location") == "header":
            return "Any"
        kind = shape["type"]
        if kind == "structure":
            if shape.get("document"):
                return "Any"
            struct = self.struct_names[reference["shape"]]
            return f"shapes.{struct} | {struct}Dict"
        if kind == "list":
            return f"Sequence[{_sparse(shape, self.for_caller(shape['member']))}]"
        if kind == "map":
            return f"Mapping[str, {_sparse(shape, self.for_caller(shape['value']))}]"
        if kind == "timestamp":
            return "Time"
        if kind == "blob":
            streaming = reference.get("streaming") or shape.get("streaming")
            return "Stream" if streaming else "Blob"
        return _SCALARS[kind]


def _least(shape: Mapping[str, Any], kind: str) -> str | None:
    """The minimum as a literal; None where there is none, or where it says nothing."""
    least = shape.get("min")
    if least is None or (kind in ("str", "list") and least <= 0):
        return None
    return f"{float(least)!r}" if kind == "float" else str(int(least))


def _sparse(shape: Mapping[str, Any], inner: str) -> str:
    return f"{inner} | None" if shape.get("sparse") else inner


def _members(
    types: _Types,
    name: str,
    annotate: Callable[[Mapping[str, Any]], str],
    doc: Callable[[str | None], str],
) -> tuple[Member, ...]:
    shape = types.shapes[name]
    required = shape.get("required", ()) if name in types.selected.input_shapes else ()
    wire_names = _wire_names(types, name)
    return tuple(
        Member(
            name=names.safe(member),
            wire_name=wire_names[member],
            annotation=annotate(reference),
            # A token that the client fills in may be left out.
            required=member in required and not reference.get("idempotencyToken"),
            doc=_member_doc(types, reference, doc),
        )
        for member, reference in shape["members"].items()
    )


def _wire_names(types: _Types, name: str) -> dict[str, str]:
    """Member -> its name in a body.

    Where a member goes to the head, the operation's tables have its wire name; here it only must
    not be taken for another.
    """
    members = types.shapes[name]["members"]
    in_body = {
        member: reference.get("locationName", member)
        for member, reference in members.items()
        if "location" not in reference or types.selected.protocol == "json"
    }
    owners: dict[str, str] = {}
    for member, wire in in_body.items():
        if wire in owners:
            path = f"$.shapes.{name}.members.{member}.locationName"
            problem = f"is {wire!r}, the name of {owners[wire]!r} already"
            raise ModelError(types.selected.model.origin, path, problem)
        owners[wire] = member
    in_head = {member: member for member in members if member not in in_body}
    return names.unique(in_head, set(owners)) | in_body


def _member_doc(
    types: _Types, reference: Mapping[str, Any], doc: Callable[[str | None], str]
) -> str:
    shape = types.shapes[reference["shape"]]
    text = doc(reference.get("documentation") or shape.get("documentation"))
    if doc is _no_doc or "enum" not in shape:
        return text
    values = docs.tidy(f"One of {', '.join(shape['enum'])}.")
    return f"{text}\n\n{values}" if text else values


def _lower_struct(types: _Types, name: str, doc: Callable[[str | None], str]) -> StructIR:
    shape = types.shapes[name]
    hidden = frozenset(names.safe(member) for member in shape["members"])
    scope = _Scope(hidden, types.shadowed["shapes"])
    checked = name in types.selected.input_shapes
    members = _members(
        types, name, lambda reference: types.of_member(reference, scope, checked), doc
    )
    return StructIR(
        name=types.struct_names[name],
        root="TaggedUnion" if shape.get("union") else "Shape",
        rename=_renamed(members),
        members=members,
        doc=doc(shape.get("documentation")),
    )


def _renamed(members: tuple[Member, ...]) -> dict[str, str]:
    return {member.name: member.wire_name for member in members if member.wire_name != member.name}


def _lower_error(types: _Types, name: str, doc: Callable[[str | None], str]) -> ErrorIR:
    shape = types.shapes[name]
    hidden = frozenset(names.safe(member) for member in shape["members"])
    scope = _Scope(hidden, types.shadowed["errors"], prefix="shapes")
    # `message` and `code` of every error are attributes of ServiceError already.
    taken = {"message", "code", "status", "request_id", "retryable", "args"}
    members = tuple(
        member
        for member in _members(
            types, name, lambda reference: types.of_member(reference, scope, False), doc
        )
        if member.name not in taken
    )
    retryable = shape.get("retryable")
    flags = {
        "retryable": retryable is not None,
        "throttling": retryable is not None and retryable.get("throttling", False),
    }
    return ErrorIR(
        name=types.struct_names[name],
        code=shape.get("error", {}).get("code", name),
        flags=tuple(flag for flag, is_set in flags.items() if is_set),
        rename=_renamed(members),
        members=members,
        doc=doc(shape.get("documentation")),
    )


def _lower_dicts(types: _Types, params: Mapping[str, str]) -> tuple[DictIR, ...]:
    """TypedDicts of the parameters of every operation, and of every struct in them."""
    dicts = []
    nested = {
        reference["shape"]
        for name in types.selected.input_shapes
        for reference in _contained(types.shapes[name])
    }
    wanted = {
        name: f"{types.struct_names[name]}Dict" for name in nested if name in types.struct_names
    }
    for name in types.shapes:
        for written in _dict_names(name, wanted, params, types):
            members = _members(types, name, types.for_caller, _no_doc)
            keys = tuple(replace(member, name=member.name.removesuffix("_")) for member in members)
            dicts.append(DictIR(written, keys, is_class=keys == members))
    return tuple(dicts)


def _contained(shape: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from shape.get("members", {}).values()
    yield from (shape[part] for part in ("member", "value") if part in shape)


def _dict_names(
    name: str, wanted: Mapping[str, str], params: Mapping[str, str], types: _Types
) -> Iterable[str]:
    for operation, written in params.items():
        if types.selected.operations[operation].get("input", {}).get("shape") == name:
            yield written
    if name in wanted:
        yield wanted[name]


def _lower_operation(
    types: _Types,
    name: str,
    constant: str,
    method: str,
    params_name: str,
    endpoint_arguments: Mapping[str, Any],
    doc: Callable[[str | None], str],
) -> OperationIR:
    operation = types.selected.operations[name]
    metadata = types.selected.model.content["metadata"]
    arguments: dict[str, Any] = {"name": name}
    if operation.get("http", {}).get("method", "POST") != "POST":
        arguments["method"] = operation["http"]["method"]
    if types.selected.protocol.startswith("rest"):
        path, _, static_query = operation.get("http", {}).get("requestUri", "/").partition("?")
        arguments |= {"path": path} if path != "/" else {}
        arguments |= {"static_query": static_query} if static_query else {}
    host_prefix = operation.get("endpoint", {}).get("hostPrefix", "")
    arguments |= {"host_prefix": host_prefix} if host_prefix else {}
    input_shape, output_shape = (
        operation.get(role, {}).get("shape") for role in ("input", "output")
    )
    result = "None"
    if input_shape is not None:
        arguments["input"] = Reference(f"shapes.{types.struct_names[input_shape]}")
        arguments |= _lower_token(types.shapes[input_shape])
        if types.selected.protocol.startswith("rest"):
            arguments |= _lower_input_bindings(types, types.shapes[input_shape])
    if output_shape is not None:
        result = f"shapes.{types.struct_names[output_shape]}"
        arguments["output"] = Reference(result)
        if types.selected.protocol.startswith("rest"):
            arguments |= _lower_output_bindings(types, types.shapes[output_shape])
    auth = operation.get("auth") or [operation.get("authtype") or "v4"]
    if auth[0] in ("none", "smithy.api#noAuth"):
        arguments["signed"] = False
    if operation.get("unsignedPayload") or auth[0] == "v4-unsigned-body":
        arguments["signed_body"] = False
    checksum = operation.get("httpChecksum", {})
    if operation.get("httpChecksumRequired"):
        arguments["checksum"] = "md5"
    elif checksum.get("requestChecksumRequired"):
        arguments["checksum"] = "crc32"
    arguments |= endpoint_arguments
    return OperationIR(
        constant=constant,
        method_name=method,
        params_name=params_name if input_shape is not None else "",
        hides_self=input_shape is not None and "self" in types.shapes[input_shape]["members"],
        result=result,
        annotation=": Operation[None]" if result == "None" else "",
        arguments=tuple(arguments.items()),
        doc=_operation_doc(types, operation, metadata, name, doc),
    )


def _lower_token(shape: Mapping[str, Any]) -> dict[str, Any]:
    tokens = [name for name, member in shape["members"].items() if member.get("idempotencyToken")]
    return {"token": tokens[0]} if tokens else {}


_INPUT_TABLES = {
    "uri": "labels",
    "querystring": "query",
    "header": "headers",
    "headers": "prefix_headers",
}


def _lower_input_bindings(types: _Types, shape: Mapping[str, Any]) -> dict[str, Any]:
    bindings: dict[str, Any] = {}
    for member, reference in shape["members"].items():
        table = _INPUT_TABLES.get(reference.get("location", ""))
        if table == "query" and types.shapes[reference["shape"]]["type"] == "map":
            bindings["query_map"] = member
        elif table is not None:
            wire = reference.get("locationName", member)
            bindings.setdefault(table, {})[wire] = member
    if "payload" in shape:
        bindings["payload"] = shape["payload"]
    return bindings


def _lower_output_bindings(types: _Types, shape: Mapping[str, Any]) -> dict[str, Any]:
    bindings: dict[str, Any] = {}
    for member, reference in shape["members"].items():
        location = reference.get("location")
        wire = reference.get("locationName", member)
        if location == "header":
            bindings.setdefault("result_headers", {})[wire] = member
        elif location == "headers":
            bindings.setdefault("result_prefix_headers", {})[wire] = member
        elif location == "statusCode":
            bindings["result_status"] = member
    payload = shape.get("payload")
    if payload is not None:
        bindings["result_payload"] = payload
        reference = shape["members"][payload]
        target = types.shapes[reference["shape"]]
        if target["type"] == "blob" and (reference.get("streaming") or target.get("streaming")):
            bindings["streams"] = True
    return bindings


def _operation_doc(
    types: _Types,
    operation: Mapping[str, Any],
    metadata: Mapping[str, Any],
    name: str,
    doc: Callable[[str | None], str],
) -> str:
    if doc is _no_doc:
        return ""
    parts = [doc(operation.get("documentation")) or f"{name}."]
    raised = [types.struct_names[error["shape"]] for error in operation.get("errors", ())]
    if raised:
        parts.append(f"Raises {', '.join(raised)}.")
    if metadata.get("uid"):
        parts.append(f"https://docs.aws.amazon.com/goto/WebAPI/{metadata['uid']}/{name}")
    return "\n\n".join(parts)
