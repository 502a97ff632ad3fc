"""Converts everything that callers may pass, besides native values, to wire values: the second pass
of `validate`.

There are two attempts. The first converts nested dicts as in boto3's documentation, including
datetimes, mostly in C. The second converts everything, value by value: mixed structs and dicts,
NaN, decimals. It also writes the error messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args, get_origin

from msgspec import MsgspecError, convert

from .errors import ValidationError
from .shape import Shape, TaggedUnion
from .timestamps import format_iso8601, format_rfc822, to_epoch
from .validate import FINITE_FLOAT, NATIVE_TYPES, UNFIT, Kind, member_name

if TYPE_CHECKING:
    from collections.abc import Callable


def coerce(shape: type[Shape], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as wire values by member name. Raises ValidationError."""
    try:
        checked = convert(
            params, DICTS.check_type(shape), builtin_types=NATIVE_TYPES, dec_hook=_coerce_leaf
        )
    except UNFIT:
        try:
            checked = _convert(params, ANYTHING.check_type(shape))
        except RecursionError:
            raise ValidationError("$: nested too deeply") from None
        except UnicodeEncodeError:
            raise ValidationError("$: a parameter contains an unpaired surrogate") from None
        except (MsgspecError, ValueError, TypeError, AttributeError) as error:
            from .msgspec_messages import word

            parameters = map(member_name, shape.__struct_fields__)
            raise ValidationError(word(str(error), parameters)) from None
    try:
        _check_union(shape, checked)
    except ValueError as error:
        raise ValidationError(f"$: {error}") from None
    return {
        member: value  # a check type's fields are encoded by their members' names
        for field, member in zip(
            checked.__struct_fields__, checked.__struct_encode_fields__, strict=True
        )
        if (value := getattr(checked, field)) is not None
    }


# Leaves: annotations with a function that makes the wire value


class _Leaf(type):
    """Metaclass of the annotations. msgspec accepts whatever their `coerce` returns."""

    coerce: Callable[[Any], Any]

    def __instancecheck__(cls, value: object) -> bool:
        return True


def _leaf(name: str, function: Callable[[Any], Any]) -> Any:
    return _Leaf(name, (), {"coerce": staticmethod(function)})


def _coerce_leaf(leaf: Any, value: Any) -> Any:
    return leaf.coerce(value)


def _coerce_float(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (float, int, Decimal)):
        raise TypeError(f"Expected `float`, got `{type(value).__name__}`")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("too large for a `float`") from None
    if number - number == 0:
        return number
    if number == number and isinstance(value, Decimal) and value.is_finite():
        raise ValueError("too large for a `float`")
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def _float_leaf(least: float) -> Any:
    def coerce(value: Any) -> Any:
        number = _coerce_float(value)
        if float(number) < least:  # a text where it is not finite
            raise ValueError(f"Expected `float` >= {least}")
        return number

    return _leaf("float", coerce)


def _coerce_bytes(value: Any) -> Any:
    if isinstance(value, NATIVE_TYPES):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    raise TypeError(f"Expected `bytes`, str or a file, got `{type(value).__name__}`")


def _coerce_blob(value: Any) -> Any:
    return _coerce_bytes(value.read() if hasattr(value, "read") else value)


def _coerce_stream(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, NATIVE_TYPES):
        return bytes(value)
    if hasattr(value, "read"):
        if isinstance(value.read(0), str):
            raise TypeError("Expected a binary file, got a text file")
        return value
    if hasattr(value, "__fspath__"):
        return value
    if hasattr(value, "__iter__") and not isinstance(value, Mapping):
        return value
    raise TypeError(
        "Expected bytes, a path, a binary file or an iterable of bytes, "
        f"got `{type(value).__name__}`"
    )


def _coerce_document(value: Any) -> Any:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"Expected `str` as a document's key, got `{type(key).__name__}`")
        return {key: _coerce_document(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_coerce_document(part) for part in value]
    if isinstance(value, float) and value - value != 0:
        raise ValueError("NaN and infinities are not valid in JSON")
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"Expected a JSON value, got `{type(value).__name__}`")


def _coerce_struct(shape: type[Shape], value: Any, kind: Kind) -> Any:
    """Convert a nested struct or dict. All nesting passes here, where recursion is limited."""
    if not isinstance(value, (shape, Mapping)):
        raise TypeError(f"Expected `{shape.__name__}` or dict, got `{type(value).__name__}`")
    try:
        checked = _convert(value, kind.check_type(shape), with_structs=kind is not DICTS)
    except MsgspecError as error:
        raise ValueError(str(error)) from None  # of a type to which msgspec adds the outer path
    _check_union(shape, checked)
    if not _is_renamed(shape):
        return checked
    return {
        wire: part
        for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True)
        if (part := getattr(checked, field)) is not None
    }


def _check_union(shape: type[Shape], checked: Any) -> None:
    if issubclass(shape, TaggedUnion):
        present = [name for name in checked.__struct_fields__ if getattr(checked, name) is not None]
        if len(present) != 1:
            names = ", ".join(map(member_name, shape.__struct_fields__))
            raise ValueError(f"Expected exactly one of {names}, got {len(present)}")


def _convert(value: Any, check_type: Any, *, with_structs: bool = True) -> Any:
    try:
        return convert(
            value,
            check_type,
            from_attributes=with_structs,
            builtin_types=NATIVE_TYPES,
            dec_hook=_coerce_leaf,
        )
    except MsgspecError as error:
        from .msgspec_messages import path_to_key

        path = path_to_key(str(error))
        if path is None:
            raise
        raise ValueError(_name_key(str(error), path, value, check_type)) from None


def _is_renamed(shape: type[Shape]) -> bool:
    return tuple(map(member_name, shape.__struct_fields__)) != shape.__struct_encode_fields__


_struct_leaves: dict[tuple[type[Shape], Kind], Any] = {}


def _struct_leaf(shape: type[Shape], kind: Kind) -> Any:
    leaf = _struct_leaves.get((shape, kind))
    if leaf is None:
        leaf = _leaf(shape.__name__, lambda value: _coerce_struct(shape, value, kind))
        _struct_leaves[shape, kind] = leaf
    return leaf


def _nest_dict(shape: type[Shape]) -> Any:
    if issubclass(shape, TaggedUnion) or _is_renamed(shape):
        return _struct_leaf(shape, DICTS)
    return DICTS.check_type(shape)


# No files for blobs in the first attempt, because it may fail and a file can be read only once.
_LEAVES = {
    bytes: _leaf("bytes", _coerce_bytes),
    "unixtimestamp": _leaf("timestamp", to_epoch),
    "iso8601": _leaf("timestamp", lambda value: format_iso8601(to_epoch(value))),
    "rfc822": _leaf("timestamp", lambda value: format_rfc822(to_epoch(value))),
    "document": _leaf("document", _coerce_document),
    "jsonvalue": _leaf("jsonvalue", _coerce_document),
    "stream": _leaf("stream", _coerce_stream),
}
DICTS = Kind({**_LEAVES, float: FINITE_FLOAT}, _nest_dict, with_defaults=True)
ANYTHING: Kind = Kind(
    {**_LEAVES, float: _leaf("float", _coerce_float), bytes: _leaf("bytes", _coerce_blob)},
    lambda shape: _struct_leaf(shape, ANYTHING),
    with_defaults=True,
    bound=_float_leaf,
)


def _name_key(text: str, path: str, value: Any, check_type: Any) -> str:
    """Add the key of a dict to msgspec's message. The key is found by trying all of them."""
    try:
        table, hint = _walk(path, value, check_type)
        parts, inner = table.items(), get_args(hint)[1]
    except (LookupError, ValueError, TypeError, AttributeError):
        return text  # no path of msgspec's, but an unknown name that looks like one
    from .msgspec_messages import add_key

    for key, part in parts:
        try:
            _convert(part, inner)
        except (MsgspecError, ValueError, TypeError) as error:  # noqa: PERF203
            return add_key(str(error), path, key)
    return text


def _walk(path: str, value: Any, hint: Any) -> tuple[Any, Any]:
    """Return the value at a path such as `.Items[0].ByName`, and its annotation."""
    for step in path.replace("[", ".[").split(".")[1:]:
        if step.startswith("["):
            value, hint = value[int(step[1:-1])], get_args(hint)[0]
        else:
            fields = {member_name(name): name for name in hint.__struct_fields__}
            field = fields[member_name(step)]
            value = value[step] if isinstance(value, Mapping) else getattr(value, field)
            hint = hint.__annotations__[field]
        while get_origin(hint) not in (list, dict, None):  # without `| None` and Annotated
            hint = get_args(hint)[0]
    return value, hint
