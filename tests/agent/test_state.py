"""What is sent of the device's state makes the shadow what the device is, and fits into it."""

from __future__ import annotations

import json
import os
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent.deployments.journal import InstalledModel
from edgemote.agent.state import StateFile
from edgemote.clock import Clock

from .board import BUILT_S, NOW_S
from .scripted_iot import ScriptedIot, merge

LIMIT_BYTES = 8_192 - 256
OPTIONAL = st.sampled_from([None, "v", "v" * 64])
MODELS = st.dictionaries(
    st.integers(0, 90), st.tuples(OPTIONAL, OPTIONAL, st.sampled_from([None, "ab" * 32]))
)
MANY = st.integers(0, 3).map(
    lambda base: dict.fromkeys(range(base * 60, base * 60 + 100), ("n",) * 3)
)


class Killed(BaseException):
    """What nobody catches."""


def kill_at(monkeypatch, calls):
    """At that call of a function that changes a disk."""
    left = [calls]

    def count(function):
        def counted(*arguments, **options):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return function(*arguments, **options)

        return counted

    for name in ("open", "write", "fsync", "replace", "unlink"):
        monkeypatch.setattr(os, name, count(getattr(os, name)))


def test_killed_at_every_write(tmp_path):
    """What was told is known or, at worst, told again: the shadow is what the device is."""
    clock = Clock(lambda: NOW_S, lambda: 5.0, BUILT_S)
    before = [InstalledModel("snow", "snow-net", "1", "/none/x", None)]
    after = [InstalledModel("rain", None, "2", "/none/x", None)]
    for calls in range(30):
        folder, shadow = str(tmp_path / f"{calls}"), {}
        for models in (before, after):
            file = StateFile(folder, LIMIT_BYTES, "place")
            state = file.describe(clock, models, None)
            for change in file.find_change(state):
                merge(shadow, change)
            with pytest.MonkeyPatch.context() as patch:
                if models is after:
                    kill_at(patch, calls)
                try:
                    file.note_sent(state)
                except Killed:
                    killed = True
                else:
                    killed = False
        file = StateFile(folder, LIMIT_BYTES, "place")
        assert file.known is not None
        for change in file.find_change(file.describe(clock, after, None)):
            merge(shadow, change)
        assert shadow == state
        if not killed:
            break
    assert calls >= 5


@given(st.lists(st.tuples(MODELS | MANY, st.booleans()), max_size=6))
def test_the_shadow_follows_whatever_comes(states):
    iot, clock = ScriptedIot(), Clock(lambda: NOW_S, lambda: 5.0, BUILT_S)
    with tempfile.TemporaryDirectory() as folder:
        file = StateFile(folder, LIMIT_BYTES, "place")
        for models, restarts in states:
            if restarts:
                file = StateFile(folder, LIMIT_BYTES, "place")
            installed = [
                InstalledModel(f"{'m' * 59}-{number}", name, version, "/none/x", checksum)
                for number, (name, version, checksum) in models.items()
            ]
            state = file.describe(clock, installed, None)
            for change in file.find_change(state):
                payload = json.dumps({"state": {"reported": change}}, separators=(",", ":"))
                iot.update_thing_shadow(
                    thingName="cam-7", shadowName="edgemote", payload=payload.encode()
                )
            file.note_sent(state)
            assert iot.shadow == json.loads(json.dumps(state))
