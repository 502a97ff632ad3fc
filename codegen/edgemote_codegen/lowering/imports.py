"""What the generated modules import: found in what they write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..ir import (
    CallIR,
    DictIR,
    ErrorIR,
    OperationIR,
    PaginatorIR,
    Reference,
    StructIR,
    WaiterIR,
)
from ..protocols import PROTOCOLS
from .types import SHAPE_NAMES

_TEXT_NAMES = ["DecodedConsole", "DecodedPolicy", "DecodedTemplate"]
DICT_ALIASES = {
    "Blob": "bytes | bytearray | str | BinaryIO",
    "Stream": "bytes | bytearray | str | PathLike[str] | BinaryIO | Iterable[bytes]",
    "Time": "float | datetime | str",
}


def _annotations(items: Iterable[StructIR | ErrorIR | DictIR]) -> str:
    """Return annotations without their quoted parts."""
    text = "\n".join(member.annotation for item in items for member in item.members)
    return re.sub(r'"[^"]*"', "", text)


def import_names(module: str, imported: Iterable[str]) -> list[str]:
    """A from-import, if there is anything to import."""
    found = ", ".join(sorted(imported))
    return [f"from {module} import {found}"] if found else []


def _find(text: str, candidates: Iterable[str]) -> list[str]:
    return [name for name in candidates if re.search(rf"(?<![\w.]){name}\b", text)]


def mentions(items: Iterable[StructIR | ErrorIR | DictIR], name: str) -> bool:
    return bool(_find(_annotations(items), [name]))


def list_module_imports(
    structs: tuple[StructIR, ...],
    operations: tuple[OperationIR, ...],
    aliases: tuple[tuple[str, str], ...],
    module: str,
) -> list[str]:
    """Return what a module of structs imports from outside its package. Imports are relative, so
    that `aws` may have another name or be inside another package.
    """
    shared = "." * (module.count(".") + 2)
    text = _annotations(structs)
    return [
        *_import_annotated("\n".join([text, *(annotation for _, annotation in aliases)])),
        *import_names(shared, list_function_modules(operations)),
        *import_names(f"{shared}decoded_text", _find(text, _TEXT_NAMES)),
        *(import_names(f"{shared}operation", ["Operation"]) if operations else ()),
        *import_names(
            f"{shared}shape", {*_find(text, SHAPE_NAMES), *(one.root for one in structs)}
        ),
        *_import_whole(text, shared),
    ]


def _import_annotated(text: str) -> list[str]:
    return [
        *import_names("typing", _find(text, ["Annotated"])),
        *import_names("msgspec", _find(text, ["Meta"])),
    ]


def _import_whole(text: str, shared: str) -> list[str]:
    """Return modules whose names are qualified because fields have the same names. If a field has
    the module's own name, the module is imported under another one.
    """
    found = set(re.findall(r"(?<![\w.])(_?)(builtins|msgspec|shape|shapes|typing)\.", text))
    starts = {"shape": f"from {shared} ", "shapes": f"from {shared.removesuffix('.')} "}
    return [
        f"{starts.get(name, '')}import {name}{f' as _{name}' if private else ''}"
        for private, name in sorted(found)
    ]


# Modules of `aws` whose functions occur in the data of operations.
_FUNCTION_MODULES = ("customizations", "member_paths", "s3_copies", "s3_parameters")


def list_function_modules(operations: Iterable[OperationIR]) -> list[str]:
    """Return those that these operations need."""
    names = {name.partition(".")[0] for name in list_references(operations)}
    return [module for module in _FUNCTION_MODULES if module in names]


def list_text_modules(structs: Iterable[StructIR]) -> list[str]:
    """Return the same for annotations."""
    return ["decoded_text"] if _find(_annotations(structs), _TEXT_NAMES) else []


def list_references(operations: Iterable[OperationIR]) -> list[str]:
    """Return the names in the operations' arguments."""
    values = [value for operation in operations for _, value in operation.arguments]
    values += [part for value in values if isinstance(value, dict) for part in value.values()]
    return [value.name for value in values if isinstance(value, (CallIR, Reference))]


def list_errors_imports(errors: tuple[ErrorIR, ...]) -> list[str]:
    text = _annotations(errors)
    return [
        *_import_annotated(text),
        *import_names("..errors", ["ServiceError"] if errors else ()),
        *import_names("..shape", _find(text, SHAPE_NAMES)),
        *_import_whole(text, ".."),
    ]


def list_client_imports(protocol: str, operations: tuple[OperationIR, ...]) -> list[str]:
    own = [operation for operation in operations if operation.module == "client"]
    uses_shapes = any(name.startswith("shapes.") for name in list_references(own))
    return [
        *import_names("..", [PROTOCOLS[protocol].module, *list_function_modules(own)]),
        *import_names("..operation", ["Client", "Service", *(["Operation"] if own else [])]),
        *import_names("..request_structs", ["read_request"] if _take_requests(operations) else ()),
        *import_names(".", ["errors", *(["shapes"] if uses_shapes else [])]),
        "from .endpoint import resolve",
    ]


def list_client_stub_imports(
    operations: tuple[OperationIR, ...],
    around: tuple[tuple[str, str, str], ...],
    presigns: bool,
    presigns_posts: bool,
) -> list[str]:
    has_params = any(operation.params_name for operation in operations)
    takes_requests = _take_requests(operations)
    uses_shapes = takes_requests or any(operation.result != "None" for operation in operations)
    from_typing = ["Any", "Literal"] if presigns else []
    is_whole = any(operation.module == "client" for operation in operations)
    return [
        *(["from collections.abc import Mapping"] if presigns else ()),
        *(["from collections.abc import Sequence"] if presigns_posts else ()),
        *import_names("typing", [*from_typing, *(["overload"] if takes_requests else [])]),
        *(["from typing_extensions import Unpack"] if has_params else ()),
        *import_names("..operation", ["Client", *(["Operation"] if is_whole else [])]),
        *import_names("..shape", ["Shape"] if presigns and takes_requests else ()),
        *(["from ..presigned_post import PresignedPost"] if presigns_posts else ()),
        *import_names(".", ["errors", *(["shapes"] if uses_shapes else [])]),
        *(["from . import params as _params"] if has_params else ()),
        *(f"from .{module} import {name}" for _, module, name in around),
    ]


def _take_requests(operations: Iterable[OperationIR]) -> bool:
    return any(operation.request for operation in operations)


def list_around_imports(items: tuple[PaginatorIR | WaiterIR, ...]) -> list[str]:
    """Return the imports of the modules of paginators and waiters."""
    takes_requests = _take_requests(item.operation for item in items)
    return import_names("..request_structs", ["read_call"] if takes_requests else ())


def list_pages_stub_imports(paginators: tuple[PaginatorIR, ...]) -> list[str]:
    text = "\n".join(key.annotation for one in paginators for key in one.results)
    is_overloaded = any(len(one.results) > 1 for one in paginators)
    found = {"Any", "Literal", "overload"} if is_overloaded else set(_find(text, ["Any"]))
    if _take_requests(one.operation for one in paginators):
        found.add("overload")
    return [
        *(["from collections.abc import Iterator"] if is_overloaded else ()),
        *import_names("typing", found),
        "from typing_extensions import Unpack",
        "from ..paging import Pages, Paginators, PaginationConfig",
        "from . import params as _params, shapes",
    ]


def list_waiters_stub_imports(waiters: tuple[WaiterIR, ...]) -> list[str]:
    has_params = any(waiter.operation.params_name for waiter in waiters)
    takes_requests = _take_requests(waiter.operation for waiter in waiters)
    return [
        *import_names("typing", ["overload"] if takes_requests else ()),
        *(["from typing_extensions import Unpack"] if has_params else ()),
        "from ..waiting import WaiterConfig, Waiters",
        *(["from . import params as _params"] if has_params else ()),
        *import_names(".", ["shapes"] if takes_requests else ()),
    ]


def list_params_imports(dicts: tuple[DictIR, ...]) -> list[str]:
    text = _annotations(dicts)
    text += "\n".join(DICT_ALIASES[alias] for alias in _find(text, DICT_ALIASES))
    is_partial = any(not member.required for item in dicts for member in item.members)
    return [
        *import_names("collections.abc", _find(text, ("Iterable", "Mapping", "Sequence"))),
        *import_names("datetime", _find(text, ["datetime"])),
        *import_names("os", _find(text, ["PathLike"])),
        *import_names("typing", [*_find(text, ("Any", "BinaryIO")), *["TypedDict"][: len(dicts)]]),
        *import_names("typing_extensions", ["NotRequired"] if is_partial else ()),
        *import_names(".", ["shapes"] if "shapes." in text else ()),
    ]
