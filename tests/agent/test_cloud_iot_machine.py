"""Whatever happens to a device in AWS IoT: its jobs end, each once, and its models are whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from .scripted_iot import ENDS, IotBoard, cut, lose, refuse

HANDLES = st.sampled_from(["snow", "rain"])
VERSIONS = st.integers(1, 3)
OURS = ("SUCCEEDED", "FAILED", "REJECTED")
FAULTS = st.sampled_from([cut, lose, refuse(503), refuse(429, "ThrottlingException")])
CALLS = st.sampled_from(["poll", "renew", "look", "progress", "report", "state", "beat", ""])


def content(handle, version):
    return f"{handle} {version} ".encode() * 6_000


class Machine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.TemporaryDirectory(dir=place)
        self.patch = pytest.MonkeyPatch()
        self.board = IotBoard(
            Path(self.folder.name) / "device",
            self.patch,
            cloud='kind = "iot"\nendpoint = "iot.example"\njob_timeout_s = 7200',
            heartbeat="period_s = 3600\njitter = 0",
            deployments="poll_s = 900\nreserve_bytes = 0",
        )
        self.board.iot.url_valid_s = 600
        self.iot = self.board.iot
        self.jobs = []
        self.number = 0

    def teardown(self):
        try:
            self.settle()
        finally:
            self.board.agent.close()
            self.patch.undo()
            self.folder.cleanup()

    def models(self, wanted):
        found = []
        for handle, version in wanted.items():
            if version == 0:
                found.append({"handle": handle, "state": "UNDEPLOY"})
            else:
                found.append(self.iot.put(handle, str(version), content(handle, version)))
        return found

    @rule(
        wanted=st.dictionaries(HANDLES, st.integers(0, 3), min_size=1),
        policy=st.sampled_from(["ROLLBACK_ON_FAILURE", "DO_NOTHING"]),
        spoilt=st.sampled_from(["", "", "sum", "url", "document"]),
    )
    def create(self, wanted, policy, spoilt):
        self.number += 1
        models = self.models(wanted)
        if spoilt == "url":
            models[-1] = {**models[-1], "url": "none.bin"} if "url" in models[-1] else models[-1]
        elif spoilt == "sum" and "url" in models[-1]:
            models[-1] = {**models[-1], "checksum": {"type": "SHA1", "sum": "0" * 40}}
        job = self.iot.create(f"job-{self.number}", *models, policy=policy)
        if spoilt == "document":
            job.text = '{"operation": "reboot"}'
        self.jobs.append(job)

    @precondition(lambda self: any(job.status in ENDS for job in self.jobs))
    @rule(number=st.integers(0, 9))
    def retry(self, number):
        over = [job for job in self.jobs if job.status in ENDS and job in self.iot.executions]
        if over:
            old = over[number % len(over)]
            job = self.iot.create(old.job, *old.models, policy=old.policy)
            job.text = old.text
            self.jobs.append(job)

    @precondition(lambda self: any(job.status not in ENDS for job in self.jobs))
    @rule(number=st.integers(0, 9), status=st.sampled_from(["CANCELED", "TIMED_OUT", "REMOVED"]))
    def end(self, number, status):
        open_ones = [job for job in self.jobs if job.status not in ENDS]
        self.iot.end(open_ones[number % len(open_ones)], status)

    @rule(seconds=st.sampled_from([1, 30, 601, 3_600]))
    def pass_time(self, seconds):
        self.board.run(seconds)

    @rule(steps=st.integers(1, 12))
    def step(self, steps):
        for _ in range(steps):
            self.board.wait(self.board.agent.step())

    @rule()
    def restart(self):
        self.board.start()

    @rule()
    def restart_in_1970(self):
        """The clock has no battery; the first answer's Date sets it."""
        right_s = self.board.wall_s
        self.board.wall_s = 5.0
        self.board.start()
        self.board.wait(self.board.agent.step())
        self.board.wall_s = right_s + 60

    @rule(what=CALLS, fault=FAULTS, before=st.booleans())
    def break_calls(self, what, fault, before):
        (self.iot.before if before and fault is not lose else self.iot.after)[what] = fault

    @rule(up=st.booleans())
    def change_link(self, up):
        self.board.link_up = up
        self.iot.before.clear()
        self.iot.after.clear()
        if not up:
            self.iot.before[""] = cut

    @rule(refuses=st.booleans())
    def change_hook(self, refuses):
        self.board.hook = (lambda handle, path: False) if refuses else (lambda handle, path: True)

    @invariant()
    def each_execution_has_one_result_at_most(self):
        for job in self.jobs:
            results = [one for one in job.updates if one in OURS]
            assert len(results) <= 1, job.name
            if job.status in OURS:
                assert job.updates[-1] == job.status

    @invariant()
    def models_are_whole(self):
        for handle, found in self.board.current.items():
            assert found in [content(handle, version) for version in (1, 2, 3)], handle

    def settle(self):
        """The link is up and nobody does anything more: all comes to rest."""
        self.change_link(True)
        self.board.run(40_000)
        for job in self.jobs:
            assert job.status in ENDS, (job.name, job.status, self.board.log.lines)
        self.board.check_tidy()
        found = self.board.current
        told = self.iot.shadow["models"]
        assert {handle: one["version"] for handle, one in told.items()} == {
            handle: text.split()[1].decode() for handle, text in found.items()
        }
        assert "unexpected" not in "\n".join(self.board.log.lines)
        self.each_execution_has_one_result_at_most()
        self.models_are_whole()


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
