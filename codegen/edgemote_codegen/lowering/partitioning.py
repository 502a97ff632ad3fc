"""Distributes the structs of a service over the modules of its package.

A small service has one module of structs. A large one has a module for each operation, with the
structs that only this operation uses, and one for each group of structs that the same operations
share. So an operation loads only what it needs, and imports are never circular, because everything
that uses a struct also uses its members.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from botocore import xform_name

from .. import names
from ..selection import Selected

# The number of structs from which a service is split: creating this many takes about as much time
# and memory as the rest of a client.
SPLIT_FROM = 500

ALONE = "shapes"
_ERRORS = ""  # stands for the errors; no operation has this name


def find_homes(
    selected: Selected, structures: Iterable[str], methods: Mapping[str, str], split_from: int
) -> dict[str, str]:
    """Shape -> module, as a dotted name below the service's package."""
    structures = list(structures)
    if len(structures) < split_from:
        return dict.fromkeys(structures, ALONE)
    users = find_users(selected)
    groups = {name: frozenset(users.get(name, (_ERRORS,))) for name in structures}
    firsts = {users: name for name, users in reversed(groups.items())}
    shared = names.unique(
        {name: names.safe(xform_name(name)) for name in groups if firsts[groups[name]] == name},
        set(structures),  # a loaded module becomes an attribute of its package, as structs are
    )
    homes = {}
    for name, group in groups.items():
        alone = next(iter(group)) if len(group) == 1 else _ERRORS
        homes[name] = (
            f"shapes.{shared[firsts[group]]}"
            if alone == _ERRORS
            else f"operations.{methods[alone]}"
        )
    return homes


def find_users(selected: Selected) -> dict[str, set[str]]:
    """Shape -> the operations that reach it, and `_ERRORS` if an error does."""
    roots: dict[str, set[str]] = {_ERRORS: set()}
    for name, operation in selected.operations.items():
        roots[name] = {
            operation[role]["shape"] for role in ("input", "output") if role in operation
        }
        roots[_ERRORS] |= {error["shape"] for error in operation.get("errors", ())}
    users: dict[str, set[str]] = {}
    for user, reached in roots.items():
        pending = list(reached)
        while pending:
            name = pending.pop()
            if user in users.setdefault(name, set()):
                continue
            users[name].add(user)
            pending += _parts(selected, name)
    return users


def _parts(selected: Selected, name: str) -> Iterator[str]:
    shape = selected.shapes[name]
    for reference in shape.get("members", {}).values():
        yield reference["shape"]
    yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)
