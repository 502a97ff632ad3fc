# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
"""The check of what a caller passed, before a byte is sent.

Checked is what botocore.validate checks: types, required members, minimum lengths and values,
unknown names, exactly one member in a union. One call into msgspec's C code, against the classes
that `check_types` explains, says whether everything has its native form already (structs of this
package, floats for timestamps); it costs about as much as writing the JSON. Whatever else there is
(nested dicts, datetimes, text for blobs, NaN, mistakes) goes to `coerce`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import MsgspecError, convert

from .check_types import NATIVE_INPUT, NATIVE_TYPES, NotNative, holds_blob
from .errors import ValidationError
from .shape import TaggedUnion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation
    from .shape import Shape


def prepare_and_check(operation: Operation[Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    """`check`, for the protocols of services for which boto3 has habits of its own."""
    prepare = operation.prepare
    return check(operation, params if prepare is None else prepare(params))


def check(operation: Operation[Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters in wire values, by member name; absent members are left out.

    Raises ValidationError with the path of the first value that does not fit.
    """
    shape = operation.input
    if shape is None:
        if params:
            raise ValidationError(f"$.{next(iter(params))}: {operation.name} takes no parameters")
        return params
    check_type, has_blobs = _check_types.get(shape) or _prepare(shape)
    try:
        if has_blobs:
            convert(params, check_type, from_attributes=True, builtin_types=NATIVE_TYPES)
        else:  # reading that list takes a twentieth of a small check
            convert(params, check_type, from_attributes=True)
    except (MsgspecError, TypeError, OverflowError, RecursionError):
        from .coerce import coerce

        return coerce(shape, params)
    return params


def _prepare(shape: type[Shape]) -> tuple[type[Any], bool]:
    # Members of a union are counted by `coerce`.
    check_type = NotNative if issubclass(shape, TaggedUnion) else NATIVE_INPUT.check_type(shape)
    known = _check_types[shape] = check_type, holds_blob(shape)
    return known


# A shape's check type, and whether there is a blob anywhere in it.
_check_types: dict[type[Shape], tuple[type[Any], bool]] = {}
