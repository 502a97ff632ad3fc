"""From what a caller passed to what the wire takes, checked before a byte is sent.

Two passes. The first is one call into msgspec's C code: it holds when every value has its native type already (structs of
this package, floats for timestamps) and costs about as much as encoding; then the parameters themselves are encoded.
Everything else - nested dicts, datetimes, text for blobs, decimals, NaN, errors - takes the second pass, which builds a
copy with the wire's values in it and words what is wrong.

What is checked is what botocore.validate checks: types, required members, minimum lengths and values, unknown names,
exactly one member in a union.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional, get_args, get_origin

from msgspec import Meta, Struct, convert, defstruct
from msgspec import ValidationError as _MsgspecError

from .errors import ValidationError
from .shape import Shape, TaggedUnion, type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .operation import Operation

MAX_FLOAT = 1.7976931348623157e308
_FINITE = Meta(ge=-MAX_FLOAT, le=MAX_FLOAT)  # msgspec would write NaN and the infinities as null
_NATIVE_TYPES = (bytes, bytearray, memoryview)  # else a str would be taken for base64 of a blob


def check(operation: Operation[Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters in wire values, by member name; absent members are left out.

    Raises ValidationError with the path of the first value that does not fit.
    """
    shape = operation.input
    if shape is None:
        if params:
            raise ValidationError(f"$.{next(iter(params))}: {operation.name} takes no parameters")
        return params
    native = _native_inputs.get(shape)
    if native is None:
        native = _native_inputs[shape] = _build_native(shape, member_name)
    try:
        convert(params, native, from_attributes=True, builtin_types=_NATIVE_TYPES)
    except (_MsgspecError, TypeError):
        return _coerce_input(shape, params)
    return params


def member_name(field: str) -> str:
    """A field's name in the model: fields that would be Python keywords carry an underscore at the end."""
    return field[:-1] if field.endswith("_") else field


# First pass ---------------------------------------------------------------------------------------------------------

_native_inputs: dict[type[Shape], type] = {}
_native_structs: dict[type[Shape], type] = {}


class _NotNative:
    """Annotation that no value fits: it sends the whole input to the second pass."""


def _build_native(shape: type[Shape], rename: Callable[[str], str]) -> type:
    """A twin of the struct, to check instances of it through their attributes.

    A twin is needed because converting a struct to its own type checks nothing.
    """
    nested = rename is _unmatchable
    hints = type_hints(shape)
    # A member of a nested struct has no default, so that an object of another class, which lacks the attribute, does
    # not pass for an empty one. At the top stands the dict of parameters, where absent means absent.
    fields: list[Any] = [
        (name, Any, None) if not nested and _is_optional(hint) else (name, Any)
        for name, hint in hints.items()
    ]
    twin = defstruct(
        shape.__name__,
        fields,
        kw_only=True,
        gc=False,
        forbid_unknown_fields=True,
        rename=rename,
        module=__name__,
    )
    if nested:
        _native_structs[shape] = twin
    # Annotations are filled in afterwards, so that a shape may contain itself.
    for name, hint in hints.items():
        at_top = not nested and _is_optional(hint)
        twin.__annotations__[name] = _native_type(get_args(hint)[0] if at_top else hint)
    return twin


def _is_optional(hint: Any) -> bool:
    """Optional members, and only they, are annotated with None."""
    return type(None) in get_args(hint)


def _unmatchable(field: str) -> str:
    """Keeps dicts out of the first pass: their keys are member names and might have to be renamed."""
    return " " + field


def _native_type(hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _native_annotated(args[0], args[1])
    if origin is list:
        return list[_native_type(args[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _native_type(args[1])]  # type: ignore[misc]
    if args:  # X | None
        return Optional[_native_type(args[0])]
    if hint is float:
        return Annotated[float, _FINITE]
    if isinstance(hint, type) and issubclass(hint, Shape):
        if issubclass(hint, TaggedUnion):
            return _NotNative
        return _native_structs.get(hint) or _build_native(hint, _unmatchable)
    return hint


def _native_annotated(base: Any, meta: Meta) -> Any:
    wire = (meta.extra or {}).get("wire")
    if wire:
        return Annotated[float, _FINITE] if wire == "unixtimestamp" else _NotNative
    if base is float and meta.ge is not None:
        return Annotated[float, Meta(ge=meta.ge, le=MAX_FLOAT)]
    return Annotated[_native_type(base), meta]


# Second pass --------------------------------------------------------------------------------------------------------

_coercing_structs: dict[type[Shape], type[Struct]] = {}


class _Coerced(type):
    """Metaclass of the second pass's leaf annotations: what their `coerce` returned is taken as it is."""

    coerce: Callable[[Any], Any]

    def __instancecheck__(cls, value: object) -> bool:
        return True


def _leaf(name: str, coerce: Callable[[Any], Any]) -> Any:
    return _Coerced(name, (), {"coerce": staticmethod(coerce)})


def _coerce_leaf(kind: Any, value: Any) -> Any:
    return kind.coerce(value)


def _coerce_input(shape: type[Shape], params: Mapping[str, Any]) -> dict[str, Any]:
    try:
        checked = _convert(params, _coercing_structs.get(shape) or _build_coercing(shape))
    except (_MsgspecError, ValueError, TypeError) as error:
        raise ValidationError(_word(str(error), shape)) from None
    return {
        member_name(field): value
        for field in checked.__struct_fields__
        if (value := getattr(checked, field)) is not None
    }


def _convert(value: Any, twin: Any) -> Any:
    try:
        return convert(
            value, twin, from_attributes=True, builtin_types=_NATIVE_TYPES, dec_hook=_coerce_leaf
        )
    except _MsgspecError as error:
        text = str(error)
        raise (ValueError(_name_key(text, value, twin)) if "[...]" in text else error) from None


def _build_coercing(shape: type[Shape]) -> type[Struct]:
    """A twin that takes dicts by member names, and objects by attributes, and holds wire values."""
    fields: list[Any] = [
        (name, _coercing_type(hint), None) if _is_optional(hint) else (name, _coercing_type(hint))
        for name, hint in type_hints(shape).items()
    ]
    twin = _coercing_structs[shape] = defstruct(
        shape.__name__,
        fields,
        kw_only=True,
        gc=False,
        omit_defaults=True,
        forbid_unknown_fields=True,
        rename=member_name,
        module=__name__,
    )
    return twin


def _coercing_type(hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        base, meta = args[0], args[1]
        wire = (meta.extra or {}).get("wire")
        if wire:
            return _WIRE_LEAVES[wire]
        if base is float and meta.ge is not None:
            return _leaf("number", lambda value: _coerce_float(value, meta.ge))
        return _coercing_type(base) if base is bytes else Annotated[_coercing_type(base), meta]
    if origin is list:
        return list[_coercing_type(args[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _coercing_type(args[1])]  # type: ignore[misc]
    if args:
        return Optional[_coercing_type(args[0])]
    if hint is float:
        return _FLOAT
    if hint is bytes:
        return _BLOB
    if isinstance(hint, type) and issubclass(hint, Shape):
        return _leaf(hint.__name__, lambda value: _coerce_struct(hint, value))
    return hint


def _coerce_struct(shape: type[Shape], value: Any) -> Any:
    """One nested struct or dict. Nesting goes through here, which also ends the recursion of recursive shapes."""
    from collections.abc import Mapping

    if not isinstance(value, (shape, Mapping)):
        raise TypeError(f"Expected `{shape.__name__}` or dict, got `{type(value).__name__}`")
    try:
        checked = _convert(value, _coercing_structs.get(shape) or _build_coercing(shape))
    except _MsgspecError as error:
        raise ValueError(str(error)) from None  # of this type, so that the outer path is added
    if issubclass(shape, TaggedUnion):
        present = [name for name in checked.__struct_fields__ if getattr(checked, name) is not None]
        if len(present) != 1:
            names = ", ".join(map(member_name, shape.__struct_fields__))
            raise ValueError(f"Expected exactly one of {names}, got {len(present)}")
    if shape.__struct_encode_fields__ == checked.__struct_encode_fields__:
        return checked
    return {
        wire: part
        for field, wire in zip(shape.__struct_fields__, shape.__struct_encode_fields__)
        if (part := getattr(checked, field)) is not None
    }


def _coerce_float(value: Any, least: float | None = None) -> Any:
    from decimal import Decimal

    if isinstance(value, bool) or not isinstance(value, (float, int, Decimal)):
        raise TypeError(f"Expected `float`, got `{type(value).__name__}`")
    number = value if isinstance(value, int) else float(value)
    if least is not None and number < least:
        raise ValueError(f"Expected `float` >= {least}")
    if number - number != 0:
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    return number


def _coerce_blob(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, _NATIVE_TYPES):
        return bytes(value)
    if hasattr(value, "read"):
        content = value.read()
        return content.encode() if isinstance(content, str) else content
    raise TypeError(f"Expected `bytes`, str or a file, got `{type(value).__name__}`")


def _coerce_stream(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, _NATIVE_TYPES) or hasattr(value, "read") or hasattr(value, "__iter__"):
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


def _coerce_time(wire: str) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        from .timestamps import FORMATS, to_epoch

        return FORMATS[wire](to_epoch(value))

    return coerce


_FLOAT = _leaf("float", _coerce_float)
_BLOB = _leaf("bytes", _coerce_blob)
_WIRE_LEAVES = {
    "unixtimestamp": _leaf("timestamp", _coerce_time("unixtimestamp")),
    "iso8601": _leaf("timestamp", _coerce_time("iso8601")),
    "rfc822": _leaf("timestamp", _coerce_time("rfc822")),
    "document": _leaf("document", _coerce_document),
    "jsonvalue": _leaf("jsonvalue", _coerce_document),
    "stream": _leaf("stream", _coerce_stream),
}


# Words --------------------------------------------------------------------------------------------------------------


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
            name = what[len(pattern) : -1]
            hint = ""
            if path == "$" and words != "is required":
                known = ", ".join(map(member_name, shape.__struct_fields__)) or "none"
                hint = f"; the parameters are: {known}"
            return f"{path}.{member_name(name)} {words}{hint}"
    return f"{path}: {what}"


def _name_key(text: str, value: Any, twin: Any) -> str:
    """msgspec writes `[...]` for the key of a dict. Find the one that fails, by trying them one by one."""
    what, _, tail = text.rpartition(" - at `$")
    path = tail.rstrip("`")
    before, _, _ = path.partition("[...]")
    hint: Any = twin
    for step in before.replace("[", ".[").split(".")[1:]:
        if step.startswith("["):
            value, hint = value[int(step[1:-1])], get_args(hint)[0]
        else:
            field = next(f for f in twin.__struct_fields__ if step in (f, member_name(f)))
            value = value[step] if isinstance(value, dict) else getattr(value, field)
            hint = twin.__annotations__[field]
        hint = _bare(hint)
    for key, part in value.items():
        try:
            _convert(part, get_args(hint)[1])
        except (_MsgspecError, ValueError, TypeError) as error:
            return f"{error} - at `${before}[{key!r}]`"
    return text


def _bare(hint: Any) -> Any:
    """Without `| None` and Annotated."""
    while get_origin(hint) not in (list, dict, None):
        hint = get_args(hint)[0]
    return hint
