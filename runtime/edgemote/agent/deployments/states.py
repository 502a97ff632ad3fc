"""What a deployment does next: its phases, the states of its models, and every way between them.

Nothing here touches a file or the network. The journal holds the state of a deployment;
`next_action` derives the next action, the worker performs it, and `advance` applies the outcome.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edgemote.agent.deployments.journal import ModelWork, Work

    # state -> (action of the worker, outcome -> next state)
    Rows = dict[str, tuple[str, dict[str, str]]]


class ModelError(Exception):
    """A model has failed; the text is the reason that is reported.

    outcome: that of the action, if it can fail in several ways
    """

    def __init__(self, reason: str, outcome: str = "failed") -> None:
        super().__init__(reason)
        self.outcome = outcome


class PauseError(Exception):
    """An action cannot continue for this many seconds. Its model stays in its state."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Moment:
    """The times of a step: now in POSIX seconds and in steady seconds, and how long it may wait."""

    __slots__ = ("limit_s", "now_s", "steady_s")

    def __init__(self, now_s: float, steady_s: float, limit_s: float) -> None:
        self.now_s = now_s
        self.steady_s = steady_s
        self.limit_s = limit_s


# All models are downloaded and verified before the first one is installed, so that a broken link
# or a wrong checksum changes nothing. Earlier rows come first, for all models: every size is known
# before the first byte of a model is requested. In every table, an error of the disk is "failed".
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
# In the order of the deployment, each model to its end. A hook that refuses a model has changed
# nothing; one that hung, raised or ended the process may have.
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
# In reverse order: the former version becomes current again, and the firmware's hook is called.
# "accepted" and "released" cannot occur: each leads on before another model is touched.
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
REPORT = "report"  # the last phase: the deployment is over, and its result is written

FIRST = {"DEPLOY": "waiting", "UNDEPLOY": "leaving"}
ABSENT = "absent"  # the only state of a model that is to be removed, but was not there
SUCCEEDED = frozenset(("current", "gone", ABSENT))
FAILED = frozenset(("failed", "broken"))
# Accepted by a hook; and those in the APPLY phase whose hook was not called.
_HALF_WAY, _UNBEGUN = ("accepted", "released"), ("fetched", "installed", "leaving")
ENDS = SUCCEEDED | FAILED | {"skipped", "restored", "unrestored"}

ROLL_BACK = "ROLLBACK_ON_FAILURE"
LEAVE = "DO_NOTHING"


def next_phase(work: Work) -> str:
    """The phase of a deployment that follows from the states of its models."""
    states = {model.state for model in work.models}
    if work.phase in ("fetch", "apply"):
        if work.policy == ROLL_BACK and states & FAILED:
            return _stay_or_report("rollback", states)
        # A model whose file got lost is fetched again.
        return "fetch" if states & FETCH.keys() else _stay_or_report("apply", states)
    return _stay_or_report(work.phase, states)


def _stay_or_report(phase: str, states: set[str]) -> str:
    return phase if phase != REPORT and states & PHASES[phase].keys() else REPORT


def give_up(work: Work) -> None:
    """Start nothing more of a deployment that was withdrawn: models that were not started have
    failed. A model whose hook was called comes to its end first.
    """
    for model in work.models:
        if model.state in _HALF_WAY or (model.hook_starts and model.state in _UNBEGUN):
            return
    for model in work.models:
        if model.state in FETCH or model.state in _UNBEGUN:
            model.state, model.reason = "failed", work.withdrawn
    work.phase = next_phase(work)


def next_action(work: Work) -> tuple[str, ModelWork] | None:
    """The next action and its model; None if the deployment is over."""
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
    """Apply the outcome of a model's action; return whether this changed a state or the phase."""
    before = model.state, work.phase
    model.state = PHASES[work.phase][model.state][1][outcome]
    work.phase = next_phase(work)
    return before != (model.state, work.phase)
