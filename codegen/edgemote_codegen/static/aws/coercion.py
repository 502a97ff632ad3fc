"""From what callers may pass beside native values to what the wire takes: the second pass of `checking`.

Two tries. The first takes nested dicts as boto3's documentation shows them, datetimes included, mostly in C. The second
takes everything, value by value: structs and dicts mixed, NaN, decimals; and it words the mistakes.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args, get_origin

from msgspec import MsgspecError, convert

from .errors import ValidationError
from .shape import Shape, TaggedUnion
from .timestamps import format_iso8601, format_rfc822, to_epoch
from .twins import FINITE_FLOAT, NATIVE_TYPES, Kind, member_name

if TYPE_CHECKING:
    from collections.abc import Callable


def coerce(shape: type[Shape], params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in wire values, by member name. Raises ValidationError."""
    try:
        checked = convert(
            params, DICTS.twin(shape), builtin_types=NATIVE_TYPES, dec_hook=_coerce_leaf
        )
    except (MsgspecError, ValueError, TypeError):
        try:
            checked = _convert(params, ANYTHING.twin(shape))
        except (MsgspecError, ValueError, TypeError) as error:
            raise ValidationError(_word(str(error), shape)) from None
    return {
        member_name(field): value
        for field in checked.__struct_fields__
        if (value := getattr(checked, field)) is not None
    }


# Leaves: annotations with a function that makes the wire's value ------------------------------------------------------


class _Leaf(type):
    """Metaclass of the annotations; msgspec takes what their `coerce` returns, whatever it is."""

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
    number = float(value)
    if number - number == 0:
        return number
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def _coerce_blob(value: Any) -> Any:
    if isinstance(value, NATIVE_TYPES):
        return bytes(value)
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise TypeError(f"Expected `bytes`, str or a file, got `{type(value).__name__}`")


def _coerce_stream(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, NATIVE_TYPES):
        return bytes(value)
    if hasattr(value, "read") or hasattr(value, "__iter__"):
        return value
    raise TypeError(
        f"Expected bytes, a binary file or an iterable of bytes, got `{type(value).__name__}`"
    )


def _coerce_document(value: Any) -> Any:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"Expected `str` as a document's key, got `{type(key).__name__}`")
        return {key: _coerce_document(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_coerce_document(part) for part in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"Expected a JSON value, got `{type(value).__name__}`")


def _coerce_struct(shape: type[Shape], value: Any) -> Any:
    """One nested struct or dict. Nesting goes through here, which also ends recursion."""
    if not isinstance(value, (shape, Mapping)):
        raise TypeError(f"Expected `{shape.__name__}` or dict, got `{type(value).__name__}`")
    try:
        checked = _convert(value, ANYTHING.twin(shape))
    except MsgspecError as error:
        raise ValueError(str(error)) from None  # of a type to which msgspec adds the outer path
    if issubclass(shape, TaggedUnion):
        present = [name for name in checked.__struct_fields__ if getattr(checked, name) is not None]
        if len(present) != 1:
            names = ", ".join(map(member_name, shape.__struct_fields__))
            raise ValueError(f"Expected exactly one of {names}, got {len(present)}")
    if not _is_renamed(shape):
        return checked
    return {
        wire: part
        for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True)
        if (part := getattr(checked, field)) is not None
    }


def _convert(value: Any, twin: Any) -> Any:
    try:
        return convert(
            value, twin, from_attributes=True, builtin_types=NATIVE_TYPES, dec_hook=_coerce_leaf
        )
    except MsgspecError as error:
        if "[...]" not in str(error):
            raise
        raise ValueError(_name_key(str(error), value, twin)) from None


def _is_renamed(shape: type[Shape]) -> bool:
    return tuple(map(member_name, shape.__struct_fields__)) != shape.__struct_encode_fields__


_struct_leaves: dict[type[Shape], Any] = {}


def _nest_leaf(shape: type[Shape]) -> Any:
    leaf = _struct_leaves.get(shape)
    if leaf is None:
        leaf = _leaf(shape.__name__, lambda value: _coerce_struct(shape, value))
        _struct_leaves[shape] = leaf
    return leaf


def _nest_dict(shape: type[Shape]) -> Any:
    if issubclass(shape, TaggedUnion) or _is_renamed(shape):
        return _nest_leaf(shape)
    return DICTS.twin(shape)


_LEAVES = {
    bytes: _leaf("bytes", _coerce_blob),
    "unixtimestamp": _leaf("timestamp", to_epoch),
    "iso8601": _leaf("timestamp", lambda value: format_iso8601(to_epoch(value))),
    "rfc822": _leaf("timestamp", lambda value: format_rfc822(to_epoch(value))),
    "document": _leaf("document", _coerce_document),
    "jsonvalue": _leaf("jsonvalue", _coerce_document),
    "stream": _leaf("stream", _coerce_stream),
}
DICTS = Kind({**_LEAVES, float: FINITE_FLOAT}, _nest_dict, with_defaults=True)
ANYTHING = Kind({**_LEAVES, float: _leaf("float", _coerce_float)}, _nest_leaf, with_defaults=True)


# Words ----------------------------------------------------------------------------------------------------------------

# msgspec speaks of JSON.
_PYTHON_WORDS = ((" | null`", "`"), ("`array`", "`list`"), ("`object`", "`dict`"))


def _word(text: str, shape: type[Shape]) -> str:
    """msgspec's text, with one path in front: nested conversions leave a tail of paths, innermost first."""
    what, *tails = text.split(" - at `")
    for json_word, python_word in _PYTHON_WORDS:
        what = what.replace(json_word, python_word)
    path = "$" + "".join(tail.rstrip("`").removeprefix("$") for tail in reversed(tails))
    for pattern, words in (
        ("Object missing required field `", "is required"),
        ("Object contains unknown field `", "is not a parameter"),
    ):
        if what.startswith(pattern):
            name = member_name(what[len(pattern) : -1])
            if path == "$" and words != "is required":
                known = ", ".join(map(member_name, shape.__struct_fields__)) or "none"
                words = f"{words}; the parameters are: {known}"
            return f"{path}.{name} {words}"
    return f"{path}: {what}"


def _name_key(text: str, value: Any, twin: Any) -> str:
    """msgspec writes `[...]` for the key of a dict. Find the one that fails, by trying them one by one."""
    before, _, _ = text.rpartition(" - at `$")[2].partition("[...]")
    hint: Any = twin
    for step in before.replace("[", ".[").split(".")[1:]:
        if step.startswith("["):
            value, hint = value[int(step[1:-1])], get_args(hint)[0]
        else:
            field = next(
                name for name in twin.__struct_fields__ if step in (name, member_name(name))
            )
            value = value[step] if isinstance(value, Mapping) else getattr(value, field)
            hint = twin.__annotations__[field]
        while get_origin(hint) not in (list, dict, None):  # without `| None` and Annotated
            hint = get_args(hint)[0]
    for key, part in value.items():
        try:
            _convert(part, get_args(hint)[1])
        except (MsgspecError, ValueError, TypeError) as error:
            return f"{error} - at `${before}[{key!r}]`"
    return text
