"""The annotations of shapes, for the structs and for their callers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ..errors import ModelError
from ..protocols import PROTOCOLS
from ..selection import Selected

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
# What `shape` of the shared modules has for annotations.
SHAPE_NAMES = (
    "ByteStream",
    "Document",
    "HttpTimestamp",
    "Iso8601Timestamp",
    "JsonValue",
    "SensitiveBytes",
    "SensitiveStr",
    "Single",
    "Timestamp",
)
_SENSITIVE = {"str": "SensitiveStr", "bytes": "SensitiveBytes"}
_ALIAS_NAMES = {"str": "String", "int": "Integer", "float": "Number"}


# Module of the names that annotations are made of; those of structs are in `shapes`.
_HOMES = {
    **dict.fromkeys(("bool", "bytes", "dict", "float", "int", "list", "str"), "builtins"),
    **dict.fromkeys(SHAPE_NAMES, "shape"),
    "Annotated": "typing",
    "Meta": "msgspec",
}


class Scope(Struct):
    """The scope of annotations: a class whose fields hide names of the module. Hidden names are
    written with their module, as in `Checksum: shapes.Checksum`.
    """

    hidden: frozenset[str]
    has_structs: bool
    """whether the module has the structs among its names"""

    def show(self, name: str) -> str:
        return self._qualify(name) if name in self.hidden else name

    def show_struct(self, name: str) -> str:
        return self.show(name) if self.has_structs else self._qualify(name)

    def _qualify(self, name: str) -> str:
        module = _HOMES.get(name, "shapes")
        return f"{'_' if module in self.hidden else ''}{module}.{name}"


class ShapeTypes:
    """Annotations for the shapes of one model."""

    def __init__(self, selected: Selected, struct_names: Mapping[str, str]) -> None:
        self.selected = selected
        self.protocol = PROTOCOLS[selected.protocol]
        self.shapes = selected.shapes
        self.struct_names = struct_names
        self.aliases: dict[str, str] = {}
        # An alias must not have the name of a struct, or of a field, which would hide it.
        self.taken = {*struct_names.values()}.union(
            *(shape.get("members", ()) for shape in self.shapes.values())
        )

    def of_member(self, reference: Mapping[str, Any], scope: Scope, checked: bool) -> str:
        """Annotation of a member; `checked`: with minimums."""
        location = self._find_location(reference)
        if reference.get("jsonvalue") and location == "header":
            return scope.show("JsonValue")
        if self.shapes[reference["shape"]]["type"] == "blob" and reference.get("streaming"):
            return scope.show("ByteStream")
        return self._of_target(reference, scope, checked, location)

    def _find_location(self, reference: Mapping[str, Any]) -> str:
        """Return a member's location; "" is the body, where protocols without bindings put all."""
        return str(reference.get("location", "")) if self.protocol.binds else ""

    def _timestamp(self, shape: str, written: str) -> str:
        written = self.protocol.timestamp if self.protocol.one_timestamp else written
        annotation = _TIMESTAMPS.get(written.lower())
        if annotation is None:
            raise ModelError(
                self.selected.model.origin,
                f"$.shapes.{shape}.timestampFormat",
                f"{written!r} is not one of {', '.join(_TIMESTAMPS)}",
            )
        return annotation

    def _of_target(
        self, reference: Mapping[str, Any], scope: Scope, checked: bool, location: str = ""
    ) -> str:
        name = reference["shape"]
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            if reference.get("document"):
                return scope.show("Document")
            struct = scope.show_struct(self.struct_names[name])
            # Its class has the namespace of the shape itself.
            is_own = reference.get("xmlNamespace") != shape.get("xmlNamespace")
            facts = self._namespace_facts(reference, {}, checked) if is_own else {}
            return _annotate(struct, None, facts, scope)
        namespace = {} if location else self._namespace_facts(reference, shape, checked)
        if kind == "timestamp":
            default = _LOCATION_TIMESTAMPS.get(location, self.protocol.timestamp)
            written = reference.get("timestampFormat") or default
            return _annotate(scope.show(self._timestamp(name, written)), None, namespace, scope)
        if kind == "list":
            inner = self._of_target(shape["member"], scope, checked, location)
            outer = scope.show("list")
            annotation = f"{outer}[{_sparse(reference, inner)}]"
            least = _least(reference, "list") if checked else None
            facts = self._list_facts(reference, shape, checked)
            return _annotate(annotation, least, _name_element(facts, namespace), scope)
        if kind == "map":
            inner = self._of_target(shape["value"], scope, checked)
            # botocore does not check the minimum size of a map, only that of its keys.
            key = self._of_target(shape["key"], scope, checked)
            annotation = f"{scope.show('dict')}[{key}, {_sparse(reference, inner)}]"
            facts = self._map_facts(reference, shape)
            return _annotate(annotation, None, _name_element(facts, namespace), scope)
        return _annotate(self._scalar(kind, reference, scope, checked), None, namespace, scope)

    def _namespace_facts(
        self, reference: Mapping[str, Any], shape: Mapping[str, Any], checked: bool
    ) -> dict[str, Any]:
        """Return the namespace of an element in a request. Forms and responses do not use it."""
        if not (checked and self.protocol.xml and self.protocol.binds):
            return {}
        for traits in (reference, shape):
            if "xmlNamespace" in traits:
                return {"namespace": read_namespace(traits)}
        return {}

    def _scalar(self, kind: str, reference: Mapping[str, Any], scope: Scope, checked: bool) -> str:
        bare = _SCALARS[kind]
        single = self.protocol.singles and kind == "float"
        sensitive = reference.get("sensitive") and bare in _SENSITIVE
        if checked and bare in _ALIAS_NAMES and _least(reference, bare) is not None:
            extra = ', extra={"sensitive": True}' if sensitive else ""
            extra = ', extra={"single": True}' if single else extra
            return self._minimum_alias(reference, bare, extra)
        if single:
            return scope.show("Single")
        return scope.show(_SENSITIVE[bare] if sensitive else bare)

    def _list_facts(
        self, reference: Mapping[str, Any], shape: Mapping[str, Any], checked: bool
    ) -> dict[str, Any]:
        """Return how XML or a form writes a list, if not in the usual way. The name of the items is
        used in requests, and in responses whose lists have no element around the items.
        """
        if not self.protocol.xml:
            return {}
        item = location_name(self.shapes, shape["member"]) or "member"
        if is_flat(reference, shape):
            own = location_name(self.shapes, reference)
            if item in ("member", own):
                return {"flat": True}
            # In forms, botocore uses the name of the items, and Smithy that of the list. If the
            # list has no name in the model, older models mean the name of the items.
            return {"flat": True, "item": item, **({} if own is None else {"named": True})}
        is_needed = checked and self.selected.protocol != "ec2"
        return {"item": item} if is_needed and item != "member" else {}

    def _map_facts(self, reference: Mapping[str, Any], shape: Mapping[str, Any]) -> dict[str, Any]:
        if not self.protocol.xml or self._find_location(reference):
            return {}
        facts: dict[str, Any] = {"flat": True} if is_flat(reference, shape) else {}
        names = (
            location_name(self.shapes, shape["key"]) or "key",
            location_name(self.shapes, shape["value"]) or "value",
        )
        return facts if names == ("key", "value") else {**facts, "entry": names}

    def _minimum_alias(self, reference: Mapping[str, Any], bare: str, extra: str) -> str:
        """Return an alias for a scalar with its minimum, because a model repeats these often."""
        number = _least(reference, bare) or "0"
        meta = f"min_length={number}" if bare == "str" else f"ge={number}"
        words = number.removesuffix(".0").replace("-", "Minus").replace(".", "_").replace("+", "")
        kind = "Sensitive" if "sensitive" in extra else "Single" if extra else ""
        alias = f"{kind}{_ALIAS_NAMES[bare]}{words}"
        while alias in self.taken:
            alias += "_"
        self.aliases[alias] = f"Annotated[{bare}, Meta({meta}{extra})]"
        return alias

    def for_caller(self, reference: Mapping[str, Any]) -> str:
        """Return the annotation of a parameter, with dicts for structs, datetimes for timestamps,
        and any sequence.
        """
        shape = self.shapes[reference["shape"]]
        if reference.get("jsonvalue") and self._find_location(reference) == "header":
            return "Any"
        kind = shape["type"]
        if kind == "structure":
            if reference.get("document"):
                return "Any"
            struct = self.struct_names[reference["shape"]]
            return f"shapes.{struct} | {struct}Dict"
        if kind == "list":
            return f"Sequence[{_sparse(reference, self.for_caller(shape['member']))}]"
        if kind == "map":
            return f"Mapping[str, {_sparse(reference, self.for_caller(shape['value']))}]"
        if kind == "timestamp":
            return "Time"
        if kind == "blob":
            return "Stream" if reference.get("streaming") else "Blob"
        return _SCALARS[kind]

    def for_reader(self, reference: Mapping[str, Any]) -> str:
        """Return the annotation of a result in a stub, without facts that only codecs need."""
        shape = self.shapes[reference["shape"]]
        kind = shape["type"]
        if kind == "structure":
            if reference.get("document") or shape.get("document"):
                return "Any"
            return f"shapes.{self.struct_names[reference['shape']]}"
        if kind == "list":
            return f"list[{_sparse(reference, self.for_reader(shape['member']))}]"
        if kind == "map":
            return f"dict[str, {_sparse(reference, self.for_reader(shape['value']))}]"
        return "float" if kind == "timestamp" else _SCALARS[kind]


def location_name(shapes: Mapping[str, Any], reference: Mapping[str, Any]) -> str | None:
    """Return the wire name of a reference in the model, or else its target."""
    target = shapes[reference["shape"]]
    name: str | None = reference.get("locationName") or target.get("locationName")
    return name


def read_namespace(traits: Mapping[str, Any]) -> tuple[str, str]:
    """(prefix or "", URI) of the trait xmlNamespace."""
    namespace = traits["xmlNamespace"]
    if isinstance(namespace, str):
        return "", namespace
    return namespace.get("prefix", ""), namespace["uri"]


def _name_element(facts: dict[str, Any], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """A list or map without an element around its parts cannot declare a namespace."""
    return facts if facts.get("flat") else {**facts, **namespace}


def is_flat(reference: Mapping[str, Any], shape: Mapping[str, Any]) -> bool:
    """Whether a list or a map has no element of its own around its parts."""
    return bool(reference.get("flattened", shape.get("flattened")))


def _annotate(annotation: str, least: str | None, facts: Mapping[str, Any], scope: Scope) -> str:
    arguments = [f"min_length={least}"] if least is not None else []
    if facts:
        pairs = ", ".join(f'"{name}": {_quote(value)}' for name, value in facts.items())
        arguments.append(f"extra={{{pairs}}}")
    if not arguments:
        return annotation
    meta = f"{scope.show('Meta')}({', '.join(arguments)})"
    return f"{scope.show('Annotated')}[{annotation}, {meta}]"


def _quote(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_quote, value))})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _least(reference: Mapping[str, Any], kind: str) -> str | None:
    """Return the minimum as a literal; None if there is none, or if it has no effect."""
    least = reference.get("min")
    if least is None or (kind in ("str", "list") and least <= 0):
        return None
    return f"{float(least)!r}" if kind == "float" else str(int(least))


def _sparse(reference: Mapping[str, Any], inner: str) -> str:
    return f"{inner} | None" if reference.get("sparse") else inner


def alias_order(item: tuple[str, str]) -> tuple[str, float]:
    stem = item[0].rstrip("0123456789_")
    number = item[0][len(stem) :].replace("_", "")
    return stem, float(number or 0)
