"""What the generated modules import: found in what they write."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ..annotations import WIDTH
from ..ir import CallIR, DictIR, ErrorIR, OperationIR, Reference, StructIR
from ..protocols import PROTOCOLS

_SHAPE_NAMES = [
    "ByteStream",
    "Document",
    "HttpTimestamp",
    "Iso8601Timestamp",
    "JsonValue",
    "SensitiveBytes",
    "SensitiveStr",
    "Single",
    "Timestamp",
]
_TEXT_NAMES = ["DecodedConsole", "DecodedPolicy", "DecodedTemplate"]
DICT_ALIASES = {
    "Blob": "bytes | bytearray | str | BinaryIO",
    "Stream": "bytes | bytearray | str | BinaryIO | Iterable[bytes]",
    "Time": "float | datetime | str",
}


def _annotations(items: Iterable[StructIR | ErrorIR | DictIR]) -> str:
    return "\n".join(member.annotation for item in items for member in item.members)


def import_names(module: str, imported: Iterable[str]) -> list[str]:
    """A from-import, in lines."""
    line = f"from {module} import {', '.join(imported)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in imported), ")"]


def _find(text: str, candidates: Iterable[str]) -> list[str]:
    return [name for name in candidates if re.search(rf"(?<![\w.]){name}\b", text)]


def mentions(items: Iterable[StructIR | ErrorIR | DictIR], name: str) -> bool:
    return bool(_find(_annotations(items), [name]))


def list_module_imports(
    structs: tuple[StructIR, ...],
    operations: tuple[OperationIR, ...],
    aliases: tuple[tuple[str, str], ...],
    shadowed: Collection[str],
    module: str,
) -> tuple[str, ...]:
    """What a module of structs imports from outside of its package. Shared modules are named
    relatively, so that `aws` may have another name, or stand in another package.
    """
    shared = "." * (module.count(".") + 2)
    text = "\n".join((_annotations(structs), *shadowed))
    lines = _import_annotated("Annotated" if aliases else text, shadowed)
    lines += _import_for_operations(operations, shared)
    roots = {struct.root for struct in structs}
    for name, used in (
        ("decoded_text", _find(text, _TEXT_NAMES)),
        ("shape", sorted({*_find(text, _SHAPE_NAMES), *roots})),
    ):
        lines += import_names(f"{shared}{name}", used) if used else []
    return tuple(lines)


def _import_annotated(text: str, shadowed: Collection[str]) -> list[str]:
    if not _find(text, ("Annotated", "Meta")):
        return []
    lines = ["from typing import Annotated"]
    if "Annotated" in shadowed:  # an assignment would not do for type checkers
        lines.append("from typing import Annotated as _Annotated")
    return [*lines, "", "from msgspec import Meta", ""]


def _import_for_operations(operations: Iterable[OperationIR], shared: str) -> list[str]:
    if not operations:
        return []
    modules = list_function_modules(operations)
    lines = [f"from {shared} import {', '.join(modules)}"] if modules else []
    return [*lines, f"from {shared}operation import Operation"]


# Modules of `aws` whose functions operations have among their data.
_FUNCTION_MODULES = ("customizations", "member_paths")


def list_function_modules(operations: Iterable[OperationIR]) -> list[str]:
    """Those that these operations need."""
    names = {name.partition(".")[0] for name in list_references(operations)}
    return [module for module in _FUNCTION_MODULES if module in names]


def list_text_modules(structs: Iterable[StructIR]) -> list[str]:
    """The same, for annotations."""
    return ["decoded_text"] if _find(_annotations(structs), _TEXT_NAMES) else []


def list_references(operations: Iterable[OperationIR]) -> list[str]:
    """The names in the operations' arguments."""
    values = [value for operation in operations for _, value in operation.arguments]
    values += [part for value in values if isinstance(value, dict) for part in value.values()]
    return [value.name for value in values if isinstance(value, (CallIR, Reference))]


def list_errors_imports(errors: tuple[ErrorIR, ...], shadowed: Collection[str]) -> tuple[str, ...]:
    text = "\n".join((_annotations(errors), *shadowed))
    lines = _import_annotated(text, shadowed)
    lines += ["from ..errors import ServiceError"] if errors else []
    if used := _find(text, _SHAPE_NAMES):
        lines += import_names("..shape", used)
    if _find(text, ("shapes", "_shapes")):
        lines += ["from . import shapes"]
    return tuple(lines)


def list_client_imports(protocol: str, operations: tuple[OperationIR, ...]) -> tuple[str, ...]:
    own = tuple(operation for operation in operations if operation.module == "client")
    references = list_references(own)
    uses_shapes = any(name.startswith("shapes.") for name in references)
    modules = sorted([PROTOCOLS[protocol].module, *list_function_modules(own)])
    lines = [
        f"from .. import {', '.join(modules)}",
        f"from ..operation import Client, {'Operation, ' if own else ''}Service",
        f"from . import errors{', shapes' if uses_shapes else ''}",
        "from .endpoint import resolve",
    ]
    if not any(operation.params_name for operation in operations):
        return tuple(lines)
    return (
        *("from typing import TYPE_CHECKING", ""),
        *lines,
        *("", "if TYPE_CHECKING:", "    from typing_extensions import Unpack"),
        *("", "    from . import params as _params"),
        *(() if own else ("    from . import shapes",)),
    )


def list_params_imports(dicts: tuple[DictIR, ...]) -> tuple[str, ...]:
    text = _annotations(dicts)
    text += "\n".join(DICT_ALIASES[alias] for alias in _find(text, DICT_ALIASES))
    lines = []
    if abstract := _find(text, ("Iterable", "Mapping", "Sequence")):
        lines.append(f"from collections.abc import {', '.join(abstract)}")
    if _find(text, ["datetime"]):
        lines.append("from datetime import datetime")
    typing = [*_find(text, ("Any", "BinaryIO")), *(["TypedDict"] if dicts else [])]
    if typing:
        lines.append(f"from typing import {', '.join(typing)}")
    if any(not member.required for item in dicts for member in item.members):
        lines += ["", "from typing_extensions import NotRequired"]
    if "shapes." in text:
        lines += ["", "from . import shapes"]
    return tuple(lines)
