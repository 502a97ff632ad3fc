"""Name the operation and resource of a failed call. Imported with the first failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError
from aws.shape import sensitive_fields, type_hints
from aws.validate import is_optional, member_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws.operation import Operation
    from edgemote.errors import TransportError

# Endings, in lower case, of the names of members that identify a resource.
_ENDINGS = ("name", "id", "arn", "identifier", "bucket", "url")
# Parts of the names of members that do not identify a resource, or may hold a secret.
_OTHERS = ("token", "password", "requestid")
_PARTS = 3
_CHARACTERS = 80  # of a value; ARNs and URLs of queues mostly have fewer


def name_call(
    error: ServiceError | TransportError, operation: Operation[Any], params: Mapping[str, Any]
) -> None:
    """Add the call to an error and its message, unless the error already names a call."""
    if error.operation_name:
        return
    error.operation_name = operation.name
    error.resource_name = name_resource(operation, params)
    if not isinstance(error, ServiceError):  # which writes its own text
        error.args = (f"{error} ({operation.name}({error.resource_name}))",)


def name_resource(operation: Operation[Any], params: Mapping[str, Any]) -> str:
    """Describe the resource of a call by the members in the URL's path; otherwise by the required
    members whose names look like identifiers; otherwise by the first such member that is set.
    """
    shape = operation.input
    if shape is None:
        return ""
    hidden = sensitive_fields(shape)
    hints = {
        member_name(field): hint
        for field, hint in type_hints(shape).items()
        if field not in hidden and not any(word in field.lower() for word in _OTHERS)
    }
    telling = [name for name in hints if name.lower().endswith(_ENDINGS) or name == "Key"]
    return (
        _write([name for name in operation.labels.values() if name in hints], params)
        or _write([name for name in telling if not is_optional(hints[name])], params)
        or _write([name for name in telling if type(params.get(name)) is str][:1], params)
    )


def _write(names: Iterable[str], params: Mapping[str, Any]) -> str:
    parts = []
    for name in names:
        value = params.get(name)
        if type(value) is str:
            scheme, is_url, rest = value.partition("://")
            if is_url:  # its user name, query and fragment may grant access
                host, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
                value = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
            value = f"{value[:_CHARACTERS]}..." if len(value) > _CHARACTERS else value
        if type(value) in (str, int):
            parts.append(f"{name}={value!r}")
    return ", ".join(parts[:_PARTS])
