"""Pauses and periods, for every draw of chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent.pacing import Pauses, spread

SECONDS = st.floats(0.001, 1e6)
DRAWS = st.lists(st.floats(0, 1), min_size=1, max_size=50)


@given(SECONDS, SECONDS, DRAWS)
def test_each_is_between_half_of_its_bound_and_the_bound(first_s, limit_s, draws):
    pauses = Pauses(first_s, limit_s, iter(draws).__next__)
    bound_s = min(first_s, limit_s)
    for _ in draws:
        assert bound_s / 2 <= pauses.next_s() <= bound_s
        bound_s = min(2 * bound_s, limit_s)


@given(SECONDS, DRAWS)
def test_what_works_begins_with_the_first(first_s, draws):
    pauses = Pauses(first_s, 1e9, iter([*draws, 1.0]).__next__)
    for _ in draws:
        pauses.next_s()
    pauses.reset()
    assert pauses.next_s() == pytest.approx(first_s)


def test_a_link_that_is_down_for_ever():
    pauses = Pauses(5.0, 600.0, lambda: 1.0)
    assert [pauses.next_s() for _ in range(5_000)][-1] == 600.0


@given(SECONDS, st.floats(0, 0.5), st.floats(0, 1))
def test_a_period_is_longer_or_shorter_by_its_jitter(period_s, jitter, draw):
    found = spread(period_s, jitter, lambda: draw)
    assert abs(found - period_s) <= period_s * (jitter + 1e-12)  # what floats round away


@given(SECONDS, st.floats(0.01, 0.5))
def test_chance_goes_both_ways(period_s, jitter):
    shortest, longest = (spread(period_s, jitter, lambda draw=draw: draw) for draw in (0.0, 1.0))
    assert shortest < period_s < longest
