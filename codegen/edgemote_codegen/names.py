"""The one authority for names: from the names in a model to names that Python code can use."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.utils import get_service_module_name

from .errors import CodegenError

# Names that generated modules use for other things; a struct of such a name gets an underscore.
_RESERVED = frozenset(
    [
        "Annotated",
        "Meta",
        "Shape",
        "TaggedUnion",
        "Timestamp",
        "Iso8601Timestamp",
        "HttpTimestamp",
        "Document",
        "JsonValue",
        "ByteStream",
        "SensitiveStr",
        "SensitiveBytes",
        "Client",
        "Operation",
        "Service",
        "ServiceError",
        "ClassVar",
        "TYPE_CHECKING",
        "Unpack",
        "Endpoint",
        "Any",
        "NotRequired",
        "Sequence",
        "Mapping",
        "TypedDict",
        "builtins",
        "msgspec",
        "shape",
        "shapes",
        "typing",
        "errors",
        "params",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "list",
        "dict",
    ]
)


def module_name(service: str) -> str:
    """Package of a service under aws: `iot-data` -> `iot_data`, `lambda` -> `lambda_`."""
    return safe(service.replace("-", "_").replace(".", "_"))


def check_module_names(services: Iterable[str], taken: Collection[str]) -> None:
    """Raise CodegenError if two services, or a service and a shared module, have the same name."""
    owners: dict[str, str] = {}
    for service in services:
        module = module_name(service)
        if not (module.isascii() and module.isidentifier()):
            raise CodegenError(f"{service!r} cannot be the name of a Python package")
        if module in taken:
            raise CodegenError(f"{service!r} cannot be generated: aws.{module} exists already")
        if module in owners:
            raise CodegenError(f"{owners[module]!r} and {service!r} would both be aws.{module}")
        owners[module] = service


def safe(name: str) -> str:
    """The name as an identifier that is not a keyword."""
    return f"{name}_" if keyword.iskeyword(name) else name


def client_class(service: str, metadata: dict[str, Any]) -> str:
    """boto3's name of the client class."""
    # botocore asks a service model object for these two attributes only.
    model: Any = SimpleNamespace(metadata=metadata, service_name=service)
    try:
        name = str(get_service_module_name(model))
    except ValueError as error:
        raise CodegenError(f"{service}: {error}") from None
    if metadata.get("serviceId") is None:
        name = xform_name(service).title().replace("_", "").replace("-", "")
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise CodegenError(f"{service}: serviceId {name!r} is not a valid name for a Python class")
    return name


def method_names(operations: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Operation -> method: boto3's name, unless every client has another attribute of that name,
    or this one has (`taken`).
    """
    wanted = {operation: safe(str(xform_name(operation))) for operation in operations}
    return unique(wanted, {"close", "exceptions", "service", *taken})


def constants(operations: Iterable[str]) -> dict[str, str]:
    """Operation -> name of the constant with its data."""
    return unique({operation: xform_name(operation).upper() for operation in operations}, set())


def struct_names(shapes: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Shape -> struct. Shapes keep their names, unless Python or the generated module needs the
    name.
    """
    wanted = {
        shape: f"{shape}_" if keyword.iskeyword(shape) or shape in _RESERVED else shape
        for shape in shapes
    }
    return unique(wanted, taken)


def unique(wanted: dict[str, str], taken: set[str]) -> dict[str, str]:
    """The wanted names, in this order; those that are already taken get underscores."""
    given: dict[str, str] = {}
    used = set(taken)
    for key, name in wanted.items():
        while name in used:
            name += "_"
        used.add(name)
        given[key] = name
    return given
