"""What a deployment does next: its phases, the states of its models, and every way between them.

Nothing here touches a file or the network. The journal holds where a deployment is; `next_action`
reads from it what to do, the worker does it, and `advance` takes the outcome.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edgemote.agent.deployments.journal import ModelWork, Work

    # state -> (action of the worker, outcome -> next state)
    Rows = dict[str, tuple[str, dict[str, str]]]


class ModelError(Exception):
    """A model has failed; the text says why, in the words that are reported.

    outcome: the one of its action, where that knows several ways to fail
    """

    def __init__(self, reason: str, outcome: str = "failed") -> None:
        super().__init__(reason)
        self.outcome = outcome


class PauseError(Exception):
    """An action cannot go on for so many seconds. Its model stays in its state."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Moment:
    """The times that a step is given: POSIX seconds, steady seconds, and how long it may wait."""

    __slots__ = ("limit_s", "now_s", "steady_s")

    def __init__(self, now_s: float, steady_s: float, limit_s: float) -> None:
        self.now_s = now_s
        self.steady_s = steady_s
        self.limit_s = limit_s


# Each model is got and verified before the first one is installed, so that a link that ends or a
# wrong checksum changes nothing. Rows that come first are done first, for all models: sizes are
# known before the first byte of a model is asked for. In every table "failed" is what an error of
# the disk becomes.
FETCH: Rows = {
    # state:    (action,    {outcome: next state})
    "waiting": (
        "look",
        {"here": "here", "missing": "asking", "unsigned": "failed", "failed": "failed"},
    ),
    "asking": ("ask", {"known": "fetching", "failed": "failed"}),
    "here": (
        "rehash",
        {
            "more": "here",
            "whole": "installed",
            "damaged": "asking",
            "unsigned": "failed",
            "failed": "asking",
        },
    ),
    "fetching": (
        "fetch",
        {
            "more": "fetching",
            "whole": "fetched",
            "changed": "asking",
            "unsigned": "failed",
            "failed": "failed",
        },
    ),
}
# In the order of the deployment, each model to its end. The hook of a model that is refused has
# changed nothing; one that hung, raised or ended the process may have.
APPLY: Rows = {
    "fetched": ("install", {"done": "installed", "lost": "asking", "failed": "failed"}),
    "installed": (
        "deploy",
        {"accepted": "accepted", "refused": "failed", "broken": "broken", "failed": "broken"},
    ),
    "accepted": ("switch", {"done": "current", "failed": "broken"}),
    "leaving": (
        "undeploy",
        {"accepted": "released", "refused": "failed", "broken": "broken", "failed": "broken"},
    ),
    "released": ("leave", {"done": "gone", "failed": "broken"}),
}
# In reverse order: what was there before is current again, and the firmware's script is told.
# Accepted and released are not among them: no other model is at work before their own next state.
ROLLBACK: Rows = {
    **{
        state: ("skip", {"done": "skipped"})
        for state in ("leaving", "installed", "fetched", *FETCH)
    },
    **{
        state: ("revert", {"more": state, "done": "reverted", "failed": "unrestored"})
        for state in ("current", "gone", "broken")
    },
    "reverted": (
        "redeploy",
        {
            "accepted": "restored",
            "refused": "unrestored",
            "broken": "unrestored",
            "failed": "unrestored",
        },
    ),
}

PHASES: dict[str, Rows] = {"fetch": FETCH, "apply": APPLY, "rollback": ROLLBACK}
REPORT = "report"  # the last phase: the result is written, the deployment is over

FIRST = {"DEPLOY": "waiting", "UNDEPLOY": "leaving"}
ABSENT = "absent"  # the first and last state of a model that is to leave and was not there
SUCCEEDED = frozenset(("current", "gone", ABSENT))
FAILED = frozenset(("failed", "broken"))
# What a hook has agreed to; and what is in the APPLY phase, and no hook knows of.
_HALF_WAY, _UNBEGUN = ("accepted", "released"), ("fetched", "installed", "leaving")
ENDS = SUCCEEDED | FAILED | {"skipped", "restored", "unrestored"}

ROLL_BACK = "ROLLBACK_ON_FAILURE"
LEAVE = "DO_NOTHING"


def next_phase(work: Work) -> str:
    """The phase of a deployment, now that its models have come where they are."""
    states = {model.state for model in work.models}
    if work.phase in ("fetch", "apply"):
        if work.policy == ROLL_BACK and states & FAILED:
            return _stay_or_report("rollback", states)
        # A model that got lost on the way is fetched again.
        return "fetch" if states & FETCH.keys() else _stay_or_report("apply", states)
    return _stay_or_report(work.phase, states)


def _stay_or_report(phase: str, states: set[str]) -> str:
    return phase if phase != REPORT and states & PHASES[phase].keys() else REPORT


def give_up(work: Work) -> None:
    """Of a deployment that was withdrawn, begin nothing more: what was not begun has failed. A
    model whose hook was called comes to the end of that first.
    """
    for model in work.models:
        if model.state in _HALF_WAY or (model.hook_starts and model.state in _UNBEGUN):
            return
    for model in work.models:
        if model.state in FETCH or model.state in _UNBEGUN:
            model.state, model.reason = "failed", work.withdrawn
    work.phase = next_phase(work)


def next_action(work: Work) -> tuple[str, ModelWork] | None:
    """(action, the model to do it with) in the deployment's phase; None where it is over."""
    if work.phase == REPORT:
        return None
    rows = PHASES[work.phase]
    models = list(work.models)
    if work.phase == "fetch":
        order = list(rows)
        models.sort(key=lambda model: order.index(model.state) if model.state in rows else -1)
    elif work.phase == "rollback":
        models.reverse()
    for model in models:
        if model.state in rows:
            return rows[model.state][0], model
    return None


def advance(work: Work, model: ModelWork, outcome: str) -> bool:
    """Take the outcome of a model's action. Whether anything is another now than it was before."""
    before = model.state, work.phase
    model.state = PHASES[work.phase][model.state][1][outcome]
    work.phase = next_phase(work)
    return before != (model.state, work.phase)
