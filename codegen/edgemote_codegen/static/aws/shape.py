"""The base class of generated structs, and the annotations that describe the wire.

All facts about a member are in its annotation. `Timestamp` is a float to a type checker and holds
POSIX seconds; its Meta tells the codecs the format on the wire. Validation and parsing use only the
annotations.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

from msgspec import Meta, Struct

# POSIX seconds, by how the wire writes them (https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait).
Timestamp = Annotated[float, Meta(extra={"wire": "unixtimestamp"})]
Iso8601Timestamp = Annotated[float, Meta(extra={"wire": "iso8601"})]
HttpTimestamp = Annotated[float, Meta(extra={"wire": "rfc822"})]

# The values of a timestamp: the years 1 to 9999, which are all that a date can have.
FIRST_S = -62_135_596_800
END_S = 253_402_300_800

# Any JSON value: null, bool, number, string, list, or dict with string keys.
Document = Annotated[Any, Meta(extra={"wire": "document"})]

# Any JSON value, which is sent as base64 of its JSON text in a header, and as a JSON string
# elsewhere.
JsonValue = Annotated[Any, Meta(extra={"wire": "jsonvalue"})]

# A body that is not held in memory. In: bytes, a binary file, or an iterable of bytes. Out: an
# object with read(size), close() and iteration over chunks.
ByteStream = Annotated[Any, Meta(extra={"wire": "stream"})]

# Values that must not appear in a repr or a log.
SensitiveStr = Annotated[str, Meta(extra={"sensitive": True})]
SensitiveBytes = Annotated[bytes, Meta(extra={"sensitive": True})]


# A number that is sent in 32 bits, if the protocol can.
Single = Annotated[float, Meta(extra={"single": True})]


class Shape(Struct, omit_defaults=True, repr_omit_defaults=True):
    """Base class of all generated structs. An optional member that is None is absent."""

    def __repr__(self) -> str:
        fields = []
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if value is not None:
                hidden = field in sensitive_fields(type(self))
                fields.append(f"{field}={'***' if hidden else repr(value)}")
        return f"{type(self).__name__}({', '.join(fields)})"


class TaggedUnion(Shape):
    """A struct of which exactly one member is set. If all are None, the service has set a member
    that this model does not have.
    """


def type_hints(shape: type) -> dict[str, Any]:
    """Return the annotations of a struct or error class, which are resolved once."""
    hints = _hints.get(shape)
    if hints is None:
        hints = _hints[shape] = {}
        for owner in reversed(shape.__mro__):
            names = vars(sys.modules[owner.__module__])
            for name, hint in getattr(owner, "__annotations__", {}).items():
                hints[name] = eval(hint, names) if isinstance(hint, str) else hint
    return hints


def sensitive_fields(shape: type) -> frozenset[str]:
    """Return the fields whose values must not be shown."""
    fields = _sensitive.get(shape)
    if fields is None:
        hints = type_hints(shape)
        fields = frozenset(name for name, hint in hints.items() if _is_sensitive(hint))
        _sensitive[shape] = fields
    return fields


def _is_sensitive(hint: Any) -> bool:
    """Whether a value of this type is or contains a secret. Structs hide their own secrets."""
    facts = (meta.extra or {} for meta in getattr(hint, "__metadata__", ()))
    return any(fact.get("sensitive") for fact in facts) or any(
        map(_is_sensitive, getattr(hint, "__args__", ()))
    )


_hints: dict[type, dict[str, Any]] = {}
_sensitive: dict[type, frozenset[str]] = {}
