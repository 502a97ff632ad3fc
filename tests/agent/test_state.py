"""What is sent of the device's state makes the shadow what the device is, and fits into it."""

from __future__ import annotations

import json
import tempfile

from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent.deployments.journal import InstalledModel
from edgemote.agent.state import StateFile
from edgemote.clock import Clock

from .board import BUILT_S, NOW_S
from .scripted_iot import ScriptedIot

LIMIT_BYTES = 8_192 - 256
OPTIONAL = st.sampled_from([None, "v", "v" * 64])
MODELS = st.dictionaries(
    st.integers(0, 90), st.tuples(OPTIONAL, OPTIONAL, st.sampled_from([None, "ab" * 32]))
)
MANY = st.integers(0, 3).map(
    lambda base: dict.fromkeys(range(base * 60, base * 60 + 100), ("n",) * 3)
)


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
