"""Jobs of AWS IoT that end while the agent works on them: botocore drives the control plane,
ministack has the rules, and the agent runs in this process, a step at a time.
"""

from __future__ import annotations

import contextlib
import hashlib
import time

import pytest

from edgemote import Agent, Clock
from edgemote.agent.config import load

CONTENT = b"snow" * 5_000
STEPS_LIMIT = 80


class Device:
    """An agent with a state of its own. Its time goes on by what it would wait for."""

    def __init__(self, folder, cloud, thing):
        folder.mkdir()
        (folder / "run").mkdir()
        self.folder = folder
        path = folder / "edgemote.toml"
        path.write_text(
            f"""
            [device]
            name = "{thing.name}"
            ca_file = "{cloud.ca_file}"
            [cloud]
            kind = "iot"
            endpoint = "{cloud.endpoint_url}"
            report_state = false
            [credentials]
            cert_file = "{thing.cert_file}"
            key_file = "{thing.key_file}"
            [folders]
            state = "{folder}/state"
            run = "{folder}/run"
            [heartbeat]
            period_s = 86_400
            [log]
            level = "error"
            """
        )
        self._path = path
        self.skipped_s = 0.0
        self.start()

    def start(self):
        clock = Clock(time.time, lambda: time.monotonic() + self.skipped_s)
        self.agent = Agent(load(str(self._path)), clock=clock)

    def step(self):
        self.skipped_s += min(self.agent.step(), 3_600.0)

    def step_until(self, is_so, what="it is so"):
        for _ in range(STEPS_LIMIT):
            if is_so():
                return
            self.step()
        raise AssertionError(f"not within {STEPS_LIMIT} steps: {what}")

    def is_idle(self):
        work = self.agent.core.deployments
        return work is None or not (work.result or work.needs_listing or work.progress)

    def installed(self):
        current = self.folder / "state/models/snow/current"
        return current.is_dir() and [path.read_bytes() for path in current.iterdir()]

    def leftovers(self):
        """What a download or an installation left behind."""
        names = (path.name for path in (self.folder / "state").rglob("*") if path.is_file())
        return [name for name in names if name.endswith((".part", ".partial"))]


@pytest.fixture
def device(iot, tmp_path):
    """`device(name)`: an agent of a thing, which is made where there is none of this name."""
    things = {}
    with contextlib.ExitStack() as stack:

        def make(name, folder=None):
            if name not in things:
                things[name] = iot.add_thing(f"{tmp_path.name}-{name}")
            made = Device(tmp_path / (folder or name), iot, things[name])
            made.thing = things[name]
            stack.callback(lambda: made.agent.close())
            return made

        yield make


def order(iot, job_id, *things, content=CONTENT, **options):
    document = {
        "operation": "edgemote/deploy-models",
        "models": [
            {
                "handle": "snow",
                "url": iot.put("models", "snow-1.4.bin", content),
                "checksum": {"type": "SHA256", "sum": hashlib.sha256(content).hexdigest()},
                "name": "snow-net",
                "version": "1.4",
            }
        ],
    }
    iot.create_job(job_id, *things, document=document, **options)


def status_of(iot, job_id, thing):
    operator = iot.client("iot")
    try:
        return iot.describe(job_id, thing)["status"]
    except operator.exceptions.ResourceNotFoundException:
        return None


def reaches(iot, job_id, thing, status):
    return lambda: status_of(iot, job_id, thing) == status


def cancel(iot, job_id, thing):
    iot.client("iot").cancel_job(jobId=job_id, force=True)


def cancel_execution(iot, job_id, thing):
    iot.client("iot").cancel_job_execution(jobId=job_id, thingName=thing.name, force=True)


def delete(iot, job_id, thing):
    iot.client("iot").delete_job(jobId=job_id, force=True)


def time_out(iot, job_id, thing):
    iot.time_out(job_id, thing)


# How a job ends -> its status then, and after which steps that is tried: after any, or a part.
ENDS = {
    cancel: ("CANCELED", 0, 1),
    cancel_execution: ("CANCELED", 1, 3),
    delete: (None, 2, 3),
    time_out: ("TIMED_OUT", 3, 5),
}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_job_that_ends_after_any_step_ends_the_work(iot, device, end):
    """And nothing is said about it any more; the next job is done."""
    status, first, stride = ENDS[end]
    for steps in range(first, STEPS_LIMIT, stride):
        agent = device("one", f"after-{steps}")
        thing, job_id = agent.thing, f"{agent.thing.name}-{steps}"
        order(iot, job_id, thing)
        agent.step_until(reaches(iot, job_id, thing, "IN_PROGRESS"))
        for _ in range(steps):
            agent.step()
        if status_of(iot, job_id, thing) == "SUCCEEDED":
            assert agent.installed() == [CONTENT]
            break
        end(iot, job_id, thing)
        agent.step_until(agent.is_idle, f"idle, after {steps} steps")
        assert status_of(iot, job_id, thing) == status
        assert agent.leftovers() == []
        assert agent.installed() in (False, [CONTENT])
        if steps % 8 == 0:
            order(iot, f"{job_id}-next", thing, content=b"rain" * 99)
            agent.step_until(reaches(iot, f"{job_id}-next", thing, "SUCCEEDED"))
            assert agent.installed() == [b"rain" * 99]
        agent.agent.close()
    assert steps >= 4


@pytest.mark.parametrize("conflict", [None, (409, "InvalidStateTransitionException")])
def test_of_two_agents_with_one_certificate_one_reports(iot, device, conflict):
    """Whatever the service calls it that the other one was faster."""
    iot.front.conflict = conflict
    agents = [device("one", folder) for folder in ("a", "b")]
    thing, job_id = agents[0].thing, f"{agents[0].thing.name}-twice"
    order(iot, job_id, thing)
    agents[0].step_until(reaches(iot, job_id, thing, "IN_PROGRESS"))
    for _ in range(STEPS_LIMIT):
        for agent in agents:
            agent.step()
        if status_of(iot, job_id, thing) == "SUCCEEDED" and all(one.is_idle() for one in agents):
            break
    ended = [
        passed
        for passed in iot.front.passed
        if passed.operation == "UpdateJobExecution" and passed.body["status"] == "SUCCEEDED"
    ]
    assert [passed.answer.status for passed in ended].count(200) == 1
    assert all(agent.is_idle() for agent in agents)
    follow = f"{job_id}-next"
    order(iot, follow, thing, content=b"rain" * 99)
    agents[1].step_until(reaches(iot, follow, thing, "SUCCEEDED"), "the next job")


def test_a_job_that_is_over_before_the_device_comes_is_not_begun(iot, device):
    agent = device("one")
    thing, job_id = agent.thing, f"{agent.thing.name}-early"
    order(iot, job_id, thing)
    cancel(iot, job_id, thing)
    agent.step_until(lambda: iot.front.count("StartNextPendingJobExecution") > 0)
    assert agent.is_idle()
    assert not agent.installed()


def test_a_job_is_done_again_for_a_device_that_joins_its_group_again(iot, device):
    """Its second execution has another number, and is another deployment."""
    agent = device("one")
    thing, job_id = agent.thing, f"{agent.thing.name}-again"
    operator = iot.client("iot")
    group = {"thingGroupName": f"{thing.name}-group"}
    arn = operator.create_thing_group(**group)["thingGroupArn"]
    operator.add_thing_to_thing_group(**group, thingName=thing.name)
    order(iot, job_id, arn, targetSelection="CONTINUOUS")
    agent.step_until(reaches(iot, job_id, thing, "SUCCEEDED"), "the first time")
    operator.remove_thing_from_thing_group(**group, thingName=thing.name)
    operator.add_thing_to_thing_group(**group, thingName=thing.name)
    assert status_of(iot, job_id, thing) == "QUEUED"
    agent.step_until(reaches(iot, job_id, thing, "SUCCEEDED"), "the second time")
    assert iot.describe(job_id, thing)["executionNumber"] == 2
