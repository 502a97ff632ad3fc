"""Request structs in place of keyword arguments: `client.put_object(PutObjectRequest(...))`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import NODEFAULT, Struct

from .errors import ValidationError
from .validate import member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .operation import Operation

# Keyword arguments of paginators and waiters, which are no parameters of the operation.
_CONFIGS = ("PaginationConfig", "WaiterConfig")


def read_request(
    operation: Operation[Any], request: tuple[Any, ...], params: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters that a request struct holds, which are checked as keyword arguments are.

    Args:
        request: what was passed by position
        params: what was passed by keyword
    """
    shape = operation.input
    if shape is None:
        raise ValidationError(f"$: {operation.name} takes no parameters")
    wanted = f"$: {operation.name} takes one {shape.__name__} or keyword arguments"
    if len(request) != 1:
        raise ValidationError(f"{wanted}, got {len(request)} positional arguments")
    given = request[0]
    if not isinstance(given, shape):
        hint = ": pass its items as `**params`" if isinstance(given, dict) else ""
        kind = type(given)
        name = kind.__name__
        if name == shape.__name__:  # another service's
            name = f"{kind.__module__}.{name}"
        raise ValidationError(f"{wanted}, got `{name}`{hint}")
    if params:
        names = ", ".join(map(member_name, params))
        raise ValidationError(
            f"{wanted}, got both: set {names} in the {shape.__name__}, or pass no struct"
        )
    fields, defaults = shape.__struct_fields__, shape.__struct_defaults__
    required = (NODEFAULT,) * (len(fields) - len(defaults))
    return {
        member_name(field): value
        for field, default in zip(fields, (*required, *defaults), strict=True)
        # A None is an absent member, but a wrong value for one that is required.
        if (value := getattr(given, field, None)) is not None or default is NODEFAULT
    }


def read_call(
    method: Callable[..., Any], request: tuple[Any, ...], params: dict[str, Any]
) -> dict[str, Any]:
    """The same for a paginator or a waiter, by the client's method that it calls."""
    config = {name: params.pop(name) for name in _CONFIGS if name in params}
    found: list[dict[str, Any]] = []
    client: Any = method.__self__  # type: ignore[attr-defined]
    probe = type(client)(lambda _, params: found.append(params), client.close)
    getattr(probe, method.__name__)(*request, **params)
    return {**found[0], **config}


def read_presigned(client: Any, name: str, params: Any) -> Any:
    """The parameters for `presign`, which may be a struct."""
    if not isinstance(params, Struct):
        return params
    from .presign import find_operation

    return read_request(find_operation(client, name, {})[0], (params,), {})
