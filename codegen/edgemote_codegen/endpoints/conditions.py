"""Conditions of endpoint rules, and the knowledge about them at a place in the rules.

Rules repeat themselves: having returned for "FIPS and dual stack", they test "FIPS and not dual
stack" next. `judge` answers such a test at generation, from the tests above it, by unit
propagation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from ..errors import EndpointRuleError
from .expressions import (
    Constant,
    Expression,
    Scope,
    canonical,
    is_nullable,
    kind_of,
)
from .folding import list_values
from .values import lower_value


class IsSet(msgspec.Struct, frozen=True):
    value: Expression


class IsTrue(msgspec.Struct, frozen=True):
    value: Expression


class IsEqual(msgspec.Struct, frozen=True):
    value: Expression
    other: Expression


Atom: TypeAlias = IsSet | IsTrue | IsEqual


class Test(msgspec.Struct, frozen=True):
    """A condition: the atom holds, or with `holds=False`, does not hold."""

    atom: Atom
    holds: bool = True


class Known(msgspec.Struct, frozen=True):
    """What is known at a place in the rules. All values are canonical.

    `excluded` are sets of tests that cannot all hold, because an earlier rule would have returned.
    `narrowed` are the values that a type checker knows to be set, from the code above.
    """

    facts: Mapping[Atom, bool] = {}
    excluded: tuple[frozenset[Test], ...] = ()
    narrowed: frozenset[Expression] = frozenset()


def lower_condition(condition: Any, scope: Scope) -> Test | bool:
    """One condition of a rule; a bool if its result is the same for every call."""
    match condition:
        case {"fn": "isSet", "argv": [argument]}:
            return _test_set(lower_value(argument, scope))
        case {"fn": "not", "argv": [argument]}:
            return negate(lower_condition(argument, scope))
        case {"fn": "booleanEquals", "argv": [left, right]}:
            return _test_flag(left, right, scope)
        case {"fn": "stringEquals", "argv": [left, right]}:
            return _test_text(lower_value(left, scope), lower_value(right, scope))
    return test_value(lower_value(condition, scope))


def test_value(value: Expression) -> Test | bool:
    """A value as a condition, which fails if the value is False or unset."""
    if isinstance(value, Constant):
        return value.value is not None and value.value is not False
    return Test(IsTrue(value)) if kind_of(value) == "flag" else _test_set(value)


def negate(test: Test | bool) -> Test | bool:
    """The opposite condition."""
    return not test if isinstance(test, bool) else Test(test.atom, not test.holds)


def canonical_test(test: Test) -> Test:
    """The test with every variable replaced by its definition."""
    atom = test.atom
    if isinstance(atom, IsEqual):
        return Test(IsEqual(canonical(atom.value), canonical(atom.other)), test.holds)
    return Test(type(atom)(canonical(atom.value)), test.holds)


def _test_set(value: Expression) -> Test | bool:
    if isinstance(value, Constant):
        return value.value is not None
    return Test(IsSet(value)) if is_nullable(value) else True


def _test_flag(left: Any, right: Any, scope: Scope) -> Test | bool:
    first, second = (
        value if isinstance(value, bool) else lower_condition(value, scope)
        for value in (left, right)
    )
    if isinstance(first, bool):
        return second if first else negate(second)
    if isinstance(second, bool):
        return first if second else negate(first)
    if not isinstance(first.atom, IsTrue) or not isinstance(second.atom, IsTrue):
        raise EndpointRuleError("endpoint rule compares two flags, neither of which is a constant")
    same = first.holds is second.holds
    return Test(IsEqual(first.atom.value, second.atom.value), same)


def _test_text(left: Expression, right: Expression) -> Test | bool:
    if isinstance(left, Constant):
        left, right = right, left
    values = list_values(left)
    if values is not None and isinstance(right, Constant):
        if right.value not in values:
            return False
        if len(values) == 1:
            return True
    return Test(IsEqual(left, right))


def judge(known: Known, test: Test) -> bool | None:
    """Whether a canonical test must hold (True), cannot hold (False) or may (None)."""
    if assume(known, [test]) is None:
        return False
    if assume(known, [Test(test.atom, not test.holds)]) is None:
        return True
    return None


def assume(known: Known, tests: Iterable[Test]) -> Known | None:
    """`known` with more tests that hold, and what follows from them. None if they cannot hold."""
    facts = dict(known.facts)
    pending = list(tests)
    excluded = known.excluded
    while pending:
        while pending:
            test = pending.pop()
            truth = _truth(facts, test.atom)
            if truth is None:
                facts[test.atom] = test.holds
            elif truth is not test.holds:
                return None
        remaining: list[frozenset[Test]] = []
        for tests_together in excluded:
            open_tests = [test for test in tests_together if not _holds(facts, test, True)]
            if not open_tests:
                return None
            if any(_holds(facts, test, False) for test in open_tests):
                continue
            remaining.append(frozenset(open_tests))
            if len(open_tests) == 1:
                pending.append(Test(open_tests[0].atom, not open_tests[0].holds))
        excluded = tuple(remaining)
    return Known(facts, excluded, known.narrowed)


def exclude(known: Known, tests: frozenset[Test]) -> Known | None:
    """`known` after code that returns whenever all `tests` hold. None if nothing can follow it."""
    if not tests:
        return None
    learned = Known(known.facts, (*known.excluded, tests), known.narrowed)
    return assume(learned, _follows(tests))


def narrow(known: Known, values: Iterable[Expression]) -> Known:
    """`known` with values that the preceding code has shown to be set."""
    return Known(known.facts, known.excluded, known.narrowed.union(values))


def shown_set(test: Test) -> frozenset[Expression]:
    """The value that a type checker knows to be set after the test."""
    is_shown = test.holds and not isinstance(test.atom, IsEqual)
    return frozenset((test.atom.value,)) if is_shown else frozenset()


def _follows(tests: frozenset[Test]) -> list[Test]:
    return [Test(test.atom, not test.holds) for test in tests] if len(tests) == 1 else []


def _holds(facts: Mapping[Atom, bool], test: Test, wanted: bool) -> bool:
    truth = _truth(facts, test.atom)
    return truth is not None and (truth is test.holds) is wanted


def _truth(facts: Mapping[Atom, bool], atom: Atom) -> bool | None:
    if atom in facts:
        return facts[atom]
    if isinstance(atom, IsSet):
        # A value that equals something, or is true, is set.
        for other, truth in facts.items():
            if truth and not isinstance(other, IsSet) and other.value == atom.value:
                return True
        return None
    if facts.get(IsSet(atom.value)) is False:
        return False
    if isinstance(atom, IsEqual) and isinstance(atom.other, Constant):
        for other, truth in facts.items():
            if (
                truth
                and isinstance(other, IsEqual)
                and other.value == atom.value
                and isinstance(other.other, Constant)
            ):
                return False
    return None
