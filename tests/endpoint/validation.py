"""A JSON body against a shape of the model, as the service's side checks it.

Wrong JSON types are a SerializationException at the first one. Everything that the model limits
(required, length, range, pattern, enum) is collected into one ValidationException.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape

from endpoint.answers import RefusedError

NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@cache
def load_model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("sagemaker-edge", "service-2"))


def read_body(shape: StructureShape, body: bytes) -> dict[str, Any]:
    """The checked members of a request body; an absent body counts as an empty structure."""
    try:
        document = json.loads(body.decode() or "{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise RefusedError("SerializationException", "The body is not a JSON document.") from None
    return read_document(shape, document)


def read_document(shape: Shape, document: Any) -> Any:
    """`document` checked against `shape`: unknown members and nulls dropped, numbers as float."""
    problems: list[str] = []
    value = _read(shape, document, "", problems)
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise RefusedError("ValidationException", count + "; ".join(problems))
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read(shape: Shape, value: Any, path: str, problems: list[str]) -> Any:
    return READERS[shape.type_name](shape, value, path, problems)


def _read_structure(
    shape: StructureShape, value: Any, path: str, problems: list[str]
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(value, "structure")
    members = {}
    for name, member in shape.members.items():
        where = f"{path}.{_lower_first(name)}" if path else _lower_first(name)
        item = value.get(name)
        if item is not None:
            members[name] = _read(member, item, where, problems)
        elif name in shape.required_members:
            problems.append(_problem(None, where, "Member must not be null"))
    return members


def _read_list(shape: ListShape, value: Any, path: str, problems: list[str]) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong_type(value, "list")
    items = []
    for position, item in enumerate(value, 1):
        where = f"{path}.{position}.member"
        if item is None:
            problems.append(_problem(None, where, "Member must not be null"))
        else:
            items.append(_read(shape.member, item, where, problems))
    return items


def _read_string(shape: StringShape, value: Any, path: str, problems: list[str]) -> str:
    if not isinstance(value, str):
        raise _wrong_type(value, "String")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise RefusedError("SerializationException", "A string holds half of a surrogate pair.")
    limits = shape.metadata
    for name, broken, rule in (
        ("min", lambda limit: len(value) < limit, "have length greater than or equal to {}"),
        ("max", lambda limit: len(value) > limit, "have length less than or equal to {}"),
        # The service matches whole values; Python's `$` alone would let a newline through.
        (
            "pattern",
            lambda limit: not re.fullmatch(limit, value, re.ASCII),
            "satisfy regular expression pattern: {}",
        ),
    ):
        if name in limits and broken(limits[name]):
            problems.append(_problem(value, path, "Member must " + rule.format(limits[name])))
    if shape.enum and value not in shape.enum:
        known = f"[{', '.join(shape.enum)}]"
        problems.append(_problem(value, path, f"Member must satisfy enum value set: {known}"))
    return value


def _read_double(shape: Shape, value: Any, path: str, problems: list[str]) -> float:
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    return _number(value, "Double")


def _read_timestamp(shape: Shape, value: Any, path: str, problems: list[str]) -> float:
    return _number(value, "Timestamp")


def _number(value: Any, kind: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_type(value, kind)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise RefusedError("SerializationException", f"A number is too large for a {kind}.")
    return number


JSON_TYPES = {dict: "Start of structure", list: "Start of list", str: "STRING_VALUE"}


def _wrong_type(value: Any, kind: str) -> RefusedError:
    if isinstance(value, bool):
        found = "TRUE_VALUE" if value else "FALSE_VALUE"
    else:
        found = JSON_TYPES.get(type(value), "NUMBER_VALUE" if value is not None else "NULL_VALUE")
    return RefusedError("SerializationException", f"{found} can not be converted to a {kind}")


def _problem(value: Any, path: str, rule: str) -> str:
    shown = "null" if value is None else f"'{value[:200]}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


READERS: dict[str, Callable[..., Any]] = {
    "structure": _read_structure,
    "list": _read_list,
    "string": _read_string,
    "double": _read_double,
    "timestamp": _read_timestamp,
}
