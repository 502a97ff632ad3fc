"""The net's shortest sequences for what was wrong once: each must hold to its end, where everything
is healed and everything is delivered.
"""

from __future__ import annotations

import pytest

from .net import PERIOD_S, POLL_S, YEAR_S, Step, run

INSTALL = [("deploy", "good", "snow", "DO_NOTHING"), ("run", POLL_S)]
OFTEN = [("run", 4 * POLL_S)] * 3

CASES: dict[str, list[Step]] = {
    "the service contradicts a time that was proven, for a while": [
        ("run", 600.0),
        ("clock", -60 * YEAR_S),
        ("suspend", 36_000.0, "closed"),
        ("dates", -72_000.0, 0.0),
        ("restart", 10.0),
        ("run", 600.0),
    ],
    "a clock that jumps while the service says another time is not kept as proven": [
        ("kill", 14),
        ("dates", -7_200.0, 0.0),
        ("clock", YEAR_S),
        ("hiccup", 7, "full"),
        ("restart", 10.0),
    ],
    "a deployment of every shape": [
        *INSTALL,
        ("deploy", "two", "rain", "ROLLBACK_ON_FAILURE"),
        ("deploy", "half-wrong", "snow", "ROLLBACK_ON_FAILURE"),
        ("deploy", "missing", "snow", "DO_NOTHING"),
        ("deploy", "swap", "snow", "ROLLBACK_ON_FAILURE"),
        ("deploy", "undeploy", "rain", "DO_NOTHING"),
        ("deploy", "none", "rain", "DO_NOTHING"),
        *OFTEN,
    ],
    "the journal is lost, and what comes next has a wrong checksum": [
        *INSTALL,
        ("damage", "deployment.json", "delete", False),
        ("deploy", "wrong", "snow", "ROLLBACK_ON_FAILURE"),
        ("run", POLL_S),
    ],
    "the journal is empty, and what comes next is refused": [
        *INSTALL,
        ("damage", "deployment.json", "empty", False),
        ("hook", "refuse"),
        ("deploy", "good", "snow", "ROLLBACK_ON_FAILURE"),
        ("run", POLL_S),
    ],
    "the state folder is lost under the running agent": [
        *INSTALL,
        ("damage", ".", "delete", True),
        ("hook", "refuse"),
        ("deploy", "good", "snow", "ROLLBACK_ON_FAILURE"),
        ("run", POLL_S),
        ("restart", 10.0),
        ("run", POLL_S),
    ],
    "a factory's model is to go, and no journal knows it": [
        ("factory", "rain"),
        ("deploy", "undeploy", "rain", "DO_NOTHING"),
        ("run", POLL_S),
    ],
    "the disk refuses while a model is looked for": [
        ("deploy", "half-wrong", "snow", "DO_NOTHING"),
        ("hiccup", 8, "full"),
    ],
    "a delivered beat cannot be removed for a moment": [
        ("service", 404),
        ("run", PERIOD_S),
        ("service", 0),
        ("hiccup", 3, "full"),
    ],
    "the file that is current is lost, and the next deployment is rolled back": [
        *INSTALL,
        ("destroy", "snow"),
        ("deploy", "two", "snow", "ROLLBACK_ON_FAILURE"),
        ("hook", "accept"),
        ("kill", 20),
        ("hook", "refuse"),
        ("run", POLL_S),
    ],
    "two agents report one result": [("second",), *INSTALL],
    "two agents keep beats": [("link", "down"), ("run", PERIOD_S), ("second",), ("end_second",)],
    "the store says another year": [
        ("store", "skewed-get"),
        ("dates", 0.0, 2 * YEAR_S),
        *INSTALL,
    ],
    "a beat is never taken: 500": [("poison", 1, 500), ("run", POLL_S)],
    "a beat is never taken: 403": [("poison", 1, 403), ("run", POLL_S)],
    "a beat is never taken: 404": [("poison", 1, 404), ("run", POLL_S)],
    "a beat is never taken: an unknown 400": [("poison", 1, 400), ("run", POLL_S)],
    "a result is never taken": [
        ("poison_result", "always"),
        *INSTALL,
        ("deploy", "good", "rain", "DO_NOTHING"),
    ],
    "a result is not taken with its models": [("poison_result", "models"), *INSTALL],
    "nine results wait behind one that is never taken": [
        ("poison_result", "always"),
        *[("deploy", "undeploy", "rain", "DO_NOTHING")] * 9,
        *OFTEN,
    ],
    "a metric raises what has no text": [("metric", "unspeakable"), ("run", POLL_S)],
    "a metric asks to exit": [("metric", "exit"), ("run", POLL_S)],
    "a hook raises what has no text": [("hook", "unspeakable"), *INSTALL],
    "a hook asks to exit": [("hook", "exit"), *INSTALL],
    "a hook has no verdict": [("hook", "unsure"), *INSTALL],
}


@pytest.mark.parametrize("name", CASES)
def test_it_holds(name):
    run(CASES[name])
