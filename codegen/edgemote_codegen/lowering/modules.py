"""The modules of structs: the structs in each, and what it imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..ir import ModuleIR, OperationIR, StructIR
from .imports import import_names, list_module_imports, list_references
from .partitioning import ALONE


def lower_modules(
    full_name: str,
    structs: Mapping[str, Sequence[StructIR]],
    operations: Sequence[OperationIR],
    aliases: Sequence[tuple[str, str]],
) -> tuple[ModuleIR, ...]:
    """Return the modules of `structs` (module -> its structs) and of the operations that are not in
    the client's module.
    """
    homes = {struct.name: module for module, group in structs.items() for struct in group}
    own = {operation.module: operation for operation in operations if operation.module != "client"}
    found = []
    for module in sorted({ALONE} if not own else {*structs, *own}):
        group = tuple(structs.get(module, ()))
        constants = (own[module],) if module in own else ()
        words = _list_words(group, constants)
        used = tuple(alias for alias in aliases if alias[0] in words)
        others = {word: homes[word] for word in words if homes.get(word, module) != module}
        found.append(
            ModuleIR(
                name=module,
                title=_write_title(full_name, module, constants),
                imports=(
                    *list_module_imports(group, constants, used, module),
                    *_import_others(others, module),
                ),
                aliases=used,
                structs=group,
                operations=constants,
            )
        )
    return tuple(found)


def _write_title(full_name: str, module: str, constants: tuple[OperationIR, ...]) -> str:
    if module == ALONE:
        return f"Structs of {full_name}."
    if constants:
        name = dict(constants[0].arguments)["name"]
        return f"{name} of {full_name}, and the structs that it alone uses."
    return f"Structs of {full_name} that the same operations use."


def _list_words(structs: Iterable[StructIR], operations: Iterable[OperationIR]) -> set[str]:
    """The names in annotations and in the operations' arguments; not what is quoted there, or
    stands in a module that is named with it.
    """
    texts = [member.annotation for struct in structs for member in struct.members]
    texts += list_references(operations)
    return set(re.findall(r"(?<![\w.])\w+", re.sub(r'"[^"]*"', "", "\n".join(texts))))


def _import_others(homes: Mapping[str, str], module: str) -> Iterator[str]:
    """Return the import lines for structs of other modules."""
    groups: dict[str, list[str]] = {}
    for name, home in homes.items():
        groups.setdefault(_relate(home, module), []).append(name)
    for home in sorted(groups):
        yield from import_names(home, groups[home])


def list_homes(modules: Iterable[ModuleIR]) -> dict[str, tuple[str, ...]]:
    """Module -> its structs, without modules that have none."""
    return {
        module.name: tuple(sorted(struct.name for struct in module.structs))
        for module in modules
        if module.structs
    }


def list_face_imports(homes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return what the stub of `shapes` exports from each module."""
    return tuple(
        f"from {_relate(home, 'shapes.')} import {name} as {name}"
        for home, structs in homes.items()
        for name in structs
    )


def _relate(home: str, module: str) -> str:
    """Return the relative name of one module in another; both are in a folder of the package."""
    folder, _, name = home.partition(".")
    return f".{name}" if module.startswith(f"{folder}.") else f"..{home}"
