"""Statements of a `resolve` function, and the flattening of nested rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from .conditions import IsEqual, IsSet, IsTrue, Test
from .expressions import (
    Attribute,
    Constant,
    Expression,
    Template,
    Variable,
    is_nullable,
    walk,
)

# Options whose endpoints mostly differ in one place -> the variable of the differing text.
OPTION_NAMES = {"use_fips": "fips", "use_dual_stack": "dual_stack"}
# Its name if the text is the DNS suffix of a partition.
SUFFIX_NAME = "suffix"


_LABELS = re.compile(r"(?<=/)|(?=[.-])")


class Choice(msgspec.Struct, frozen=True):
    """One of two strings in a URL, depending on an option. `name` is that of the variable."""

    name: str
    option: Variable
    chosen: Expression
    otherwise: Expression


class Bind(msgspec.Struct, frozen=True):
    """Assigns a value to a name. As a condition of an `If`, it also tests that the value is set."""

    variable: Variable
    value: Expression


Condition: TypeAlias = Test | Bind


class If(msgspec.Struct, frozen=True):
    """Runs its body if all conditions hold; with `inverted`, if one of them does not."""

    conditions: tuple[Condition, ...]
    body: tuple[Statement, ...]
    inverted: bool = False


class Spliced(msgspec.Struct, frozen=True):
    """A string like a Template's, with choices in it."""

    parts: tuple[Expression | Choice, ...]


class Return(msgspec.Struct, frozen=True):
    """The endpoint, with those fields of the device's struct that differ from the defaults."""

    url: Expression | Spliced
    fields: tuple[tuple[str, Expression], ...] = ()
    headers: tuple[tuple[str, Expression], ...] = ()


class Raise(msgspec.Struct, frozen=True):
    message: Expression


class Import(msgspec.Struct, frozen=True):
    module: str
    name: str


Statement: TypeAlias = If | Bind | Return | Raise | Import


def guard(conditions: tuple[Condition, ...], body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The body guarded by its conditions; values that are always set are just assigned."""
    for position, condition in enumerate(conditions):
        if isinstance(condition, Bind) and not is_nullable(condition.value):
            inner = (condition, *guard(conditions[position + 1 :], body))
            return guard(conditions[:position], inner)
    return (If(conditions, body),) if conditions else body


def trim(conditions: tuple[Condition, ...], body: tuple[Statement, ...]) -> tuple[Condition, ...]:
    """The conditions without unread variables, and without tests that the next one implies."""
    trimmed: tuple[Condition, ...] = ()
    for condition in reversed(conditions):
        following = trimmed[0] if trimmed else None
        if isinstance(condition, Bind):
            readers = _count_readers(condition.variable, (trimmed, body))
            if readers == 0:
                if is_nullable(condition.value):
                    trimmed = (Test(IsSet(condition.value)), *trimmed)
                continue
            if readers == 1 and _compares(following, condition.variable):
                # Its only reader can use the value directly.
                trimmed = (_replace_value(following, condition.value), *trimmed[1:])
                continue
        elif condition == Test(IsSet(condition.atom.value)) and _compares(
            following, condition.atom.value
        ):
            continue
        trimmed = (condition, *trimmed)
    return trimmed


def tidy(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The same statements with fewer tests and less nesting."""
    tidied: tuple[Statement, ...] = ()
    for statement in reversed(statements):
        if isinstance(statement, If):
            statement = _merge(statement)
            if tidied and (_is_covered(statement, tidied[0]) or statement.body == tidied):
                continue
            folded = fold_option(statement, tidied[0]) if tidied else None
            if folded is not None:
                tidied = tidy((folded, *tidied[1:]))
                continue
            if len(tidied) == 1 and _is_better_inverted(statement, tidied[0]):
                tidied = (_invert(statement, tidied), *statement.body)
                continue
        tidied = (statement, *tidied)
    return tidied


def ends(statement: Statement) -> bool:
    """Whether the statement always returns or raises."""
    return isinstance(statement, (Return, Raise))


def _compares(condition: Condition | None, value: Expression) -> bool:
    """Whether the condition implies that the value is set, because it equals another one."""
    if not isinstance(condition, Test) or not condition.holds:
        return False
    atom = condition.atom
    if isinstance(atom, IsTrue):
        return atom.value == value
    return isinstance(atom, IsEqual) and atom.value == value and isinstance(atom.other, Constant)


def _replace_value(condition: Condition | None, value: Expression) -> Test:
    assert isinstance(condition, Test)
    return Test(msgspec.structs.replace(condition.atom, value=value), condition.holds)


def _count_readers(variable: Variable, nodes: object) -> int:
    return sum(node == variable for node in walk(nodes))


def _merge(statement: If) -> If:
    """Merge an `If` with another `If` that is its whole body."""
    (first, *others) = statement.body
    if others or not isinstance(first, If) or first.inverted or statement.inverted:
        return statement
    return If((*statement.conditions, *first.conditions), first.body)


def _is_covered(statement: If, following: Statement) -> bool:
    """Whether the next statement does the same under fewer conditions."""
    if isinstance(following, If):
        return (
            not statement.inverted
            and not following.inverted
            and following.body == statement.body
            and ends(following.body[-1])
            and set(following.conditions) <= set(statement.conditions)
        )
    return statement.body == (following,) and ends(following)


def _is_better_inverted(statement: If, following: Statement) -> bool:
    return ends(following) and len(statement.body) > 1 and ends(statement.body[-1])


def _invert(statement: If, body: tuple[Statement, ...]) -> If:
    first, *others = statement.conditions
    if isinstance(first, Test) and not others:
        return If((Test(first.atom, not first.holds),), body)
    return If(statement.conditions, body, inverted=True)


def fold_option(statement: If, following: Statement) -> Statement | None:
    """Merge two endpoints that differ in one place, depending on an option; None for others.

    Of `if fips and dual_stack: … / if fips: …`, the second one absorbs the first.
    """
    first, *others = statement.body
    if others or statement.inverted or not isinstance(first, Return):
        return None
    if isinstance(following, Return):
        conditions: tuple[Condition, ...] = ()
        second: Statement = following
    elif isinstance(following, If) and not following.inverted and len(following.body) == 1:
        conditions = following.conditions
        second = following.body[0]
    else:
        return None
    remaining = [item for item in statement.conditions if item not in conditions]
    is_narrower = len(remaining) == 1 and len(statement.conditions) == len(conditions) + 1
    if not is_narrower or not isinstance(second, Return):
        return None
    folded = _splice(remaining[0], first, second)
    if folded is None:
        return None
    return If(conditions, (folded,)) if conditions else folded


def _splice(condition: Condition, first: Return, second: Return) -> Return | None:
    if not isinstance(condition, Test) or not isinstance(condition.atom, IsTrue):
        return None
    option = condition.atom.value
    if not isinstance(option, Variable) or option.name not in OPTION_NAMES:
        return None
    if (first.fields, first.headers) != (second.fields, second.headers):
        return None
    if not condition.holds:
        first, second = second, first
    parts = _splice_parts(option, _list_pieces(first.url), _list_pieces(second.url))
    return None if parts is None else Return(Spliced(parts), first.fields, first.headers)


def _list_pieces(url: Expression | Spliced) -> list[Expression | Choice | str]:
    """The parts of a string; constants are split where a host's label, or a word in it, begins."""
    parts = url.parts if isinstance(url, (Template, Spliced)) else (url,)
    pieces: list[Expression | Choice | str] = []
    for part in parts:
        if isinstance(part, Constant):
            pieces.extend(_LABELS.split(str(part.value)))
        else:
            pieces.append(part)
    return pieces


def _splice_parts(
    option: Variable,
    chosen: list[Expression | Choice | str],
    otherwise: list[Expression | Choice | str],
) -> tuple[Expression | Choice, ...] | None:
    shorter = min(len(chosen), len(otherwise))
    start = 0
    while start < shorter and chosen[start] == otherwise[start]:
        start += 1
    stop = 0
    while stop < shorter - start and chosen[-1 - stop] == otherwise[-1 - stop]:
        stop += 1
    middles = [_join(pieces[start : len(pieces) - stop]) for pieces in (chosen, otherwise)]
    values = [middle[0] if middle else Constant("") for middle in middles]
    if any(len(middle) > 1 for middle in middles):
        return None
    left, right = values
    if isinstance(left, Choice) or isinstance(right, Choice):
        return None
    name = SUFFIX_NAME if isinstance(left, Attribute) else OPTION_NAMES[option.name]
    choice = Choice(name, option, left, right)
    ahead, behind = chosen[:start], chosen[len(chosen) - stop :]
    return (*_join(ahead), choice, *_join(behind))


def _join(pieces: Sequence[Expression | Choice | str]) -> list[Expression | Choice]:
    """The parts, with adjacent strings joined into one constant."""
    parts: list[Expression | Choice] = []
    for piece in pieces:
        if not isinstance(piece, str):
            parts.append(piece)
        elif parts and isinstance(parts[-1], Constant):
            parts[-1] = Constant(f"{parts[-1].value}{piece}")
        else:
            parts.append(Constant(piece))
    return parts
