"""Validates parameters before anything is sent.

It checks what botocore.validate checks: types, required members, minimum lengths and values,
unknown names, and that a union has exactly one member. One call into msgspec's C code, with check
types, finds out whether everything has its native form already (structs of this package, floats
for timestamps). This costs about as much as writing the JSON. Everything else (nested dicts,
datetimes, text for blobs, NaN, mistakes) goes to `coerce`.

Check types are needed because msgspec trusts an object of the right class: it converts a `Model` to
`Model` without looking at its fields, which a caller may have set to anything. So each struct gets,
when it is first checked, a second class with the same fields, its check type. Parameters are
converted to the check type: msgspec then checks each value, in C, and the result is discarded. The
annotations of a check type are those of the struct, except for what a caller may pass: no NaN for a
float, only the years 1 to 9999 for a time, and in `coerce` also a date or a dict. A `Kind` says how
they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional, get_args, get_origin

from msgspec import Meta, MsgspecError, Struct, convert, defstruct

from .errors import ValidationError
from .shape import END_S, FIRST_S, Shape, TaggedUnion, type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .operation import Operation

MAX_FLOAT = 1.7976931348623157e308

# msgspec would write NaN and infinities as null, but AWS JSON requires strings.
FINITE_FLOAT = Annotated[float, Meta(ge=-MAX_FLOAT, le=MAX_FLOAT)]

# The years 1 to 9999, which exclude milliseconds passed as seconds.
TIMESTAMP = Annotated[float, Meta(ge=FIRST_S, lt=END_S)]

# Blobs: these are taken as they are; without the list a str would be taken for base64.
NATIVE_TYPES = (bytes, bytearray, memoryview)


def member_name(field: str) -> str:
    """A field's name in the model: fields that would be Python keywords end in an underscore."""
    return field[:-1] if field.endswith("_") else field


def is_optional(hint: Any) -> bool:
    """Whether a member is optional: only these are annotated with None."""
    return type(None) in get_args(hint)


def holds_blob(shape: type[Shape]) -> bool:
    """Whether a struct, or one nested in it, has a member of bytes."""
    seen = {shape}
    left = list(type_hints(shape).values())
    while left:
        hint = left.pop()
        args = getattr(hint, "__args__", ())  # get_args, for a tenth of its price
        if hint is bytes:
            return True
        if args:
            left += args
        elif isinstance(hint, type) and issubclass(hint, Shape) and hint not in seen:
            seen.add(hint)
            left += type_hints(hint).values()
    return False


def bound_finite(least: float) -> Any:
    """FINITE_FLOAT with a minimum."""
    return Annotated[float, Meta(ge=least, le=MAX_FLOAT)]


class Kind:
    """One way to make check types.

    Args:
        leaves: annotations for bare types (float, bytes) and for wire forms ("iso8601", ...)
        nest: annotation for a nested struct
        bound: annotation for a float with a minimum
        with_defaults: whether members may be absent
        nullable: whether None stands for an absent member
        rename: the names of the members in a dict
    """

    __slots__ = ("bound", "check_types", "leaves", "nest", "nullable", "options", "with_defaults")

    def __init__(
        self,
        leaves: Mapping[Any, Any],
        nest: Callable[[type[Shape]], Any],
        *,
        bound: Callable[[float], Any] = bound_finite,
        with_defaults: bool,
        nullable: bool = True,
        rename: Callable[[str], str] = member_name,
    ) -> None:
        self.leaves = leaves
        self.nest = nest
        self.bound = bound
        self.with_defaults = with_defaults
        self.nullable = nullable
        self.options: dict[str, Any] = {
            "kw_only": True,
            "gc": False,
            "omit_defaults": True,
            "forbid_unknown_fields": True,
            "rename": rename,
            "module": __name__,
        }
        self.check_types: dict[type[Shape], type[Struct]] = {}

    def check_type(self, shape: type[Shape]) -> type[Struct]:
        """Return the check type of a struct, which is made when it is first needed."""
        check_type = self.check_types.get(shape)
        if check_type is None:
            hints = type_hints(shape)
            check_type = self.check_types[shape] = defstruct(
                shape.__name__,
                [
                    (name, Any, None) if self.with_defaults and is_optional(hint) else (name, Any)
                    for name, hint in hints.items()
                ],
                **self.options,
            )
            # Annotations are filled in afterwards, so that a shape may contain itself.
            for name, hint in hints.items():
                bare = hint if self.nullable or not is_optional(hint) else get_args(hint)[0]
                check_type.__annotations__[name] = self.translate(bare)
        return check_type

    def translate(self, hint: Any) -> Any:
        """Convert an annotation of a struct to that of its check type."""
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._translate_annotated(args[0], args[1])
        if origin is list:
            return list[self.translate(args[0])]  # type: ignore[misc]
        if origin is dict:
            return dict[self.translate(args[0]), self.translate(args[1])]  # type: ignore[misc]
        if args:  # X | None
            return Optional[self.translate(args[0])]  # noqa: UP045 - a leaf may have a metaclass
        if isinstance(hint, type) and issubclass(hint, Shape):
            return self.nest(hint)
        return self.leaves.get(hint, hint)

    def _translate_annotated(self, base: Any, meta: Meta) -> Any:
        wire = (meta.extra or {}).get("wire")
        if wire:
            return self.leaves[wire]
        if base is float and meta.ge is not None:
            return self.bound(meta.ge)
        # Minimum lengths of blobs are not checked.
        inner = self.translate(base)
        return inner if base in self.leaves else Annotated[inner, meta]


class NotNative:
    """Annotation that no value fits: it sends the whole input to the second pass."""


def _unmatchable(field: str) -> str:
    """Keeps dicts out: their keys are member names, and might have to be renamed for the wire."""
    return " " + field


def _nest_native(shape: type[Shape]) -> Any:
    return NotNative if issubclass(shape, TaggedUnion) else NATIVE.check_type(shape)


_NATIVE_LEAVES = {
    float: FINITE_FLOAT,
    "unixtimestamp": TIMESTAMP,
    "iso8601": NotNative,
    "rfc822": NotNative,
    "document": NotNative,
    "jsonvalue": NotNative,
    "stream": NotNative,
}

# Structs whose values are wire values. Their members have no defaults, so that an object of another
# class, which lacks the attribute, is not taken for an empty struct.
NATIVE = Kind(_NATIVE_LEAVES, _nest_native, with_defaults=False, rename=_unmatchable)

# The same at the top level, where the parameters are a dict: members may be absent, and None still
# has to be removed.
NATIVE_INPUT = Kind(_NATIVE_LEAVES, _nest_native, with_defaults=True, nullable=False)


# msgspec raises AttributeError for what has a __getitem__, such as a range, but no keys().
UNFIT = (MsgspecError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


def prepare_and_check(operation: Operation[Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    """`check`, for the protocols of services with customizations in boto3."""
    prepare = operation.prepare
    try:
        return check(operation, params if prepare is None else prepare(params))
    except UnicodeEncodeError:
        raise ValidationError("$: a parameter contains an unpaired surrogate") from None


def check(operation: Operation[Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters as wire values by member name, without absent members.

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
    except UNFIT:
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
