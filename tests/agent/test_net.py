"""The net, for a bounded number of sequences, the same ones each time. `make soak` goes on."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .net import _NAMES, RULES, draw_step, run

# A rule as often as its weight says, and one of each argument's values.
STEPS = st.sampled_from(_NAMES).flatmap(
    lambda name: st.tuples(st.just(name), *map(st.sampled_from, RULES[name][1]))
)


@pytest.mark.slow
@settings(
    max_examples=600,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(STEPS, max_size=40))
def test_whatever_happens(steps):
    run(steps)


def test_steps_are_drawn_from_the_same_rules():
    import random

    draw = random.Random(1)
    assert {draw_step(draw)[0] for _ in range(2_000)} == set(RULES)
