"""Jobs of AWS IoT that end, or agents that do, after any step of the work."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from .scripted_iot import IotBoard, ScriptedIot

OLD = {"snow": b"snow 1" * 9_000, "rain": b"rain 1" * 9_000}
NEW = {"snow": b"snow 2" * 9_000, "rain": b"rain 2" * 9_000}
HAIL = b"hail"
STEPS = 60  # more than a job takes


def refuse_new_rain(handle, path):
    """The last hook of the job fails, so all is rolled back."""
    with open(path, "rb") as file:
        return file.read() != NEW["rain"]


def agree(handle, path):
    return True


@pytest.fixture(scope="module")
def memory():
    """A folder in memory where there is one: thousands of fsyncs take minutes on a disk."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture
def fast_path(memory):
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def template(memory):
    """The state of a device with the old models."""
    folder = memory / "template"
    with pytest.MonkeyPatch.context() as patch:
        board = IotBoard(folder, patch)
        board.iot.create("autumn", *(board.iot.put(*one) for one in versions("1", OLD)))
        board.run(900)
        assert board.current == OLD
        board.agent.close()
    return folder / "state"


def versions(number, contents):
    return [(handle, number, content) for handle, content in contents.items()]


def make_board(folder, patch, template, hook=agree, iot=None):
    folder.mkdir()
    shutil.copytree(template, folder / "state", symlinks=True)
    board = IotBoard(folder, patch, iot, heartbeat="period_s = 86400\njitter = 0")
    board.hook = hook
    return board


def begin_job(iot):
    job = iot.create("winter", *(iot.put(*one) for one in versions("2", NEW)))
    after = iot.create("spring", iot.put("hail", "1", HAIL))
    return job, after


def take_steps(board, count):
    for _ in range(count):
        board.wait(board.agent.step())


def check_end(board, job, after, outcomes):
    """The device is at rest, its models are one of the outcomes, and the next job is done."""
    current = board.current
    assert current.pop("hail") == HAIL
    assert current in outcomes
    board.check_tidy()
    assert after.status == "SUCCEEDED"
    assert after.updates[-1:] == ["SUCCEEDED"]
    assert len([one for one in job.updates if one != "IN_PROGRESS"]) <= 1
    models = board.iot.shadow["models"]
    installed = {handle: version_of(content) for handle, content in board.current.items()}
    assert {handle: model["version"] for handle, model in models.items()} == installed


def version_of(content):
    return "1" if content == HAIL else content[5:6].decode()


@pytest.mark.parametrize("hook", [agree, refuse_new_rain])
@pytest.mark.parametrize("status", ["CANCELED", "REMOVED"])
def test_a_job_that_is_over_after_any_step(status, hook, template, fast_path, monkeypatch):
    for step in range(STEPS):
        board = make_board(fast_path / f"{step}", monkeypatch, template, hook)
        job, after = begin_job(board.iot)
        take_steps(board, step)
        reported = job.status == ("SUCCEEDED" if hook is agree else "FAILED")
        board.iot.end(job, status)
        board.run(4 * 3_600)
        check_end(board, job, after, (OLD, NEW) if hook is agree else (OLD,))
        done = [one for one in job.updates if one != "IN_PROGRESS"]
        assert bool(done) == reported, step
        board.agent.close()
        if reported:
            break
    assert reported
    assert step > 15


@pytest.mark.parametrize(("ends", "hook"), [(False, agree), (True, refuse_new_rain)])
def test_a_restart_after_any_step(ends, hook, template, fast_path, monkeypatch):
    for step in range(STEPS):
        board = make_board(fast_path / f"{step}", monkeypatch, template, hook)
        job, after = begin_job(board.iot)
        take_steps(board, step)
        reported = job.status == ("SUCCEEDED" if hook is agree else "FAILED")
        if ends:
            board.iot.end(job, "CANCELED")
        board.start()
        board.run(8 * 3_600)
        outcomes = ((OLD, NEW) if ends else (NEW,)) if hook is agree else (OLD,)
        check_end(board, job, after, outcomes)
        done = [one for one in job.updates if one != "IN_PROGRESS"]
        assert done == (
            ["SUCCEEDED" if hook is agree else "FAILED"] if reported or not ends else []
        )
        board.agent.close()
        if reported:
            break
    assert reported
    assert step > 15


def test_two_agents_with_one_certificate(template, fast_path, monkeypatch):
    """The second starts after any third step of the first."""
    for step in range(0, STEPS, 3):
        iot = ScriptedIot()
        first = make_board(fast_path / f"{step}-a", monkeypatch, template, iot=iot)
        job, after = begin_job(iot)
        take_steps(first, step)
        reported = job.status == "SUCCEEDED"
        second = make_board(fast_path / f"{step}-b", monkeypatch, template, iot=iot)
        second.steady_s, second.wall_s = first.steady_s, first.wall_s
        iot.now_s = lambda first=first: first.steady_s
        for _ in range(240):
            first.run(60)
            second.run(60)
        for board in (first, second):
            assert {name: board.current[name] for name in OLD} in (OLD, NEW)
            board.check_tidy()
            board.agent.close()
        assert [one for one in job.updates if one != "IN_PROGRESS"] == ["SUCCEEDED"]
        assert after.updates[-1] == "SUCCEEDED"
        if reported:
            break
    assert reported
