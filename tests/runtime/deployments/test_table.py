"""The table of states: every state ends, every row is reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent.deployments import states
from edgemote.agent.deployments.journal import ModelWork, Work

ROWS = [
    (phase, state, outcome, following)
    for phase, rows in states.PHASES.items()
    for state, (_, outcomes) in rows.items()
    for outcome, following in outcomes.items()
]
STATES = {state for _, state, _, following in ROWS for state in (state, following)}


def reachable(start, edges):
    found, new = set(), {start}
    while new:
        found |= new
        new = {after for before, after in edges if before in new} - found
    return found


@pytest.mark.parametrize("phases", [("fetch", "apply"), ("rollback",)])
def test_every_state_has_a_way_to_an_end(phases):
    edges = [(before, after) for phase, before, _, after in ROWS if phase in phases]
    for state in {before for before, _ in edges}:
        assert reachable(state, edges) & states.ENDS, state


def test_every_state_is_reached():
    edges = [(before, after) for _, before, _, after in ROWS]
    starts = set(states.FIRST.values())
    found = set().union(*(reachable(start, edges) for start in starts))
    assert found == STATES


def test_ends_are_ends():
    apart = states.FAILED | {"skipped", "restored", "unrestored", states.ABSENT}
    for state in states.ENDS:
        assert state not in states.FETCH
        assert state not in states.APPLY
    for state in apart - {"broken"}:
        assert state not in states.ROLLBACK
    between = {"accepted", "released"}  # a model goes on from there before another fails
    assert STATES - set(states.ROLLBACK) <= states.ENDS | between


def outcomes_of(action):
    return {
        outcome
        for rows in states.PHASES.values()
        for name, outcomes in rows.values()
        if name == action
        for outcome in outcomes
    }


@given(
    st.lists(st.sampled_from(["DEPLOY", "UNDEPLOY", "absent", "failed"]), min_size=1, max_size=4),
    st.sampled_from([states.ROLL_BACK, states.LEAVE]),
    st.randoms(use_true_random=False),
)
def test_every_way_ends(wishes, policy, random):
    """Whatever the outcomes are, as long as what repeats itself does not do so for ever."""
    models = [
        ModelWork(f"m{number}", wish, states.FIRST.get(wish, wish))
        for number, wish in enumerate(wishes)
    ]
    work = Work("d", policy, "fetch", 0.0, models)
    work.phase = states.next_phase(work)
    patience = 30  # for outcomes that lead back
    for _ in range(1000):
        found = states.next_action(work)
        if found is None:
            break
        action, model = found
        outcomes = sorted(outcomes_of(action))
        forward = [name for name in outcomes if name not in ("more", "changed", "lost", "damaged")]
        patience -= 1
        states.advance(work, model, random.choice(outcomes if patience > 0 else forward))
    assert work.phase == states.REPORT
    ended = [model.state for model in models]
    assert set(ended) <= states.ENDS
    if policy == states.LEAVE:
        assert set(ended) <= states.SUCCEEDED | states.FAILED
    elif set(ended) & (states.ENDS - states.SUCCEEDED):  # all or nothing
        assert not set(ended) & {"current", "gone", "broken"}


def test_sizes_are_asked_first():
    models = [ModelWork(handle, "DEPLOY", "waiting") for handle in "abc"]
    work = Work("d", states.LEAVE, "fetch", 0.0, models)
    done = []
    while (found := states.next_action(work)) is not None:
        action, model = found
        done.append(action + model.handle)
        states.advance(
            work,
            model,
            {"look": "missing", "ask": "known", "fetch": "whole", "deploy": "accepted"}.get(
                action, "done"
            ),
        )
    assert done == [
        *("looka", "lookb", "lookc", "aska", "askb", "askc", "fetcha", "fetchb", "fetchc"),
        *("installa", "deploya", "switcha", "installb", "deployb", "switchb"),
        *("installc", "deployc", "switchc"),
    ]


def test_rolled_back_in_reverse_order():
    models = [ModelWork(handle, "DEPLOY", "current") for handle in "ab"]
    models.append(ModelWork("c", "DEPLOY", "broken"))
    work = Work("d", states.ROLL_BACK, "apply", 0.0, models)
    work.phase = states.next_phase(work)
    done = []
    while (found := states.next_action(work)) is not None:
        action, model = found
        done.append(action + model.handle)
        states.advance(work, model, {"redeploy": "accepted"}.get(action, "done"))
    assert done == ["revertc", "redeployc", "revertb", "redeployb", "reverta", "redeploya"]
