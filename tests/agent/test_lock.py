"""One agent for a folder: the second ends with a word, and what only looks is let in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from edgemote import Agent, StateLockedError
from edgemote.agent.config import load
from edgemote.agent.limits import LOCK_PAUSE_S
from edgemote.agent.lock import FolderLock, find_holder
from edgemote.agent.pacing import NEVER
from edgemote.errors import ConnectError
from endpoint import Endpoint

from .board import Board, Lines
from .device import FLEET, NAME, WAIT_S, Device


@pytest.fixture
def device(tmp_path):
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        device = Device(tmp_path, endpoint)
        device.write_config()
        yield device


@pytest.fixture
def board(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch)
    yield board
    board.agent.close()


def wait(what):
    end = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("options", [(), ("--once",)], ids=["agent", "once"])
def test_a_second_agent_ends_and_says_why(device, options):
    with device.running() as first:
        device.wait_for(device.beats)
        done = device.call(*options)
        assert (done.returncode, done.stdout) == (75, "")
        assert done.stderr == (
            f"the folder {device.state} is in use by process {first.pid}: end that agent, or give"
            " this one folders of its own\n"
        )
        assert device.call("--check").returncode == 0
        assert device.call("--status").returncode == 0
    assert device.call("--once").returncode == 0


def test_two_state_folders_with_one_models_folder(device, tmp_path):
    models = str(tmp_path / "models")
    device.write_config(folders={"models": models})
    other = tmp_path / "other.toml"
    with device.running():
        device.wait_for(device.beats)
        text = device.config.read_text()
        other.write_text(text.replace(str(device.state), str(tmp_path / "other")))
        done = device.call(config=other)
        assert done.returncode == 75
        assert f"the folder {models} is in use by process" in done.stderr


def test_two_agents_with_one_folder_for_their_status(device, tmp_path):
    """The second works, and does not write over what the first says of itself."""
    second = Device(tmp_path / "second", device.endpoint)
    second.run_folder = device.run_folder
    second.write_config(folders={"run": str(device.run_folder)})
    with device.running() as first:
        device.wait_for(device.status)
        with second.running() as other:
            second.wait_for(lambda: "status: the folder" in second.read_log())
            told = f"the folder {device.run_folder} is in use by process {first.pid}"
            assert told in second.read_log()
            written_s = device.status()["written_s"]
            device.wait_for(lambda: device.status()["written_s"] > written_s)
            assert device.status()["pid"] == first.pid
            device.process = None
            first.send_signal(signal.SIGTERM)
            assert first.wait(WAIT_S) == 0
            second.wait_for(lambda: second.status()["pid"] == other.pid)


def test_an_agent_that_is_killed_holds_nothing(device):
    with device.running() as process:
        device.wait_for(device.beats)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert device.call("--once").returncode == 0


def test_in_one_process(board):
    config = load(str(board.config))
    with pytest.raises(StateLockedError, match=f"in use by process {os.getpid()}"):
        Agent(config, log=board.log)
    board.agent.close()
    second = Agent(config, log=board.log)
    # One that was closed looks again, and lets the other be.
    assert board.agent.step(5.0) == LOCK_PAUSE_S
    second.close()
    board.run(1)
    assert board.service.calls["beat"] == 1
    assert find_holder(config.folders.state) == f"process {os.getpid()}"
    board.agent.close()
    assert find_holder(config.folders.state) is None


def test_another_state_folder_is_taken_before_the_old_one_is_let_go(board, tmp_path):
    old, new = str(tmp_path / "state"), str(tmp_path / "new")
    holder = FolderLock(Lines())
    holder.take([new])
    board.write_config(folders=f'state = "{new}"')
    with pytest.raises(StateLockedError):
        board.agent.configure(load(str(board.config)))
    assert find_holder(old)
    board.run(1)
    assert board.service.calls["beat"] == 1
    holder.close()
    board.agent.configure(load(str(board.config)))
    assert find_holder(old) is None
    assert find_holder(new)


def test_a_link_to_the_folder_is_the_folder(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "state")
    (tmp_path / "state").mkdir()
    one, two = FolderLock(Lines()), FolderLock(Lines())
    one.take([str(tmp_path / "state")])
    with pytest.raises(StateLockedError):
        two.take([str(tmp_path / "link")])
    one.take([str(tmp_path / "link")])
    one.keep([str(tmp_path / "link")])
    with pytest.raises(StateLockedError):
        two.take([str(tmp_path / "state")])
    one.close()
    two.take([str(tmp_path / "state")])
    two.close()


def test_a_folder_that_cannot_be_made_stops_no_agent(board, tmp_path):
    (tmp_path / "file").write_text("")
    board.write_config(folders=f'state = "{tmp_path}/file/state"')
    board.start()
    board.run(600)
    assert board.service.calls["beat"] == 3
    assert any("cannot lock the folder" in line for line in board.log.lines)


def test_a_folder_that_was_deleted_is_made_and_locked_again(tmp_path):
    log = Lines()
    lock = FolderLock(log)
    path = str(tmp_path / "state")
    lock.take([path])
    shutil.rmtree(path)
    assert lock.check()
    assert find_holder(path)
    [line] = log.lines
    assert "was deleted or replaced" in line
    shutil.rmtree(path)
    other = FolderLock(log)
    other.take([path])
    assert not lock.check()
    other.close()
    assert lock.check()
    lock.close()


class TestDeletedState:
    """What is known is written again, and what took the folder's place is read."""

    @pytest.fixture
    def board(self, tmp_path, monkeypatch):
        board = Board(tmp_path, monkeypatch, link="day_limit_bytes = 1_000_000")
        board.run(1)
        board.service.deploy("winter")
        board.agent.core.due["poll"] = board.steady_s
        board.service.errors["report"] = ConnectError("down")
        board.run(1)
        yield board
        board.agent.close()

    def test_journal_and_count_of_bytes_are_written_again(self, board, tmp_path):
        state = tmp_path / "state"
        files = {name: (state / name).read_bytes() for name in ("deployment.json", "meter.json")}
        shutil.rmtree(state)
        board.service.registered = True
        board.agent.core.due = dict.fromkeys(board.agent.core.due, NEVER)
        board.agent.step()
        assert {path.name: path.read_bytes() for path in state.iterdir()} == files

    def test_a_disk_that_is_mounted_late_is_read(self, board, tmp_path):
        state, hidden = tmp_path / "state", tmp_path / "hidden"
        board.agent.close()
        state.rename(hidden)
        board.start()
        assert board.agent.core.deployments is None
        board.service.errors = dict.fromkeys(("beat", "poll"), ConnectError("down"))
        board.run(600)
        kept = board.agent.core.spool.depth
        assert kept
        journal = (hidden / "deployment.json").read_bytes()
        state.rename(tmp_path / "below")
        hidden.rename(state)
        board.agent.step()
        assert board.agent.core.deployments is not None
        assert (state / "deployment.json").read_bytes() == journal
        board.service.errors = {}
        board.run(1200)
        assert board.service.results == ["winter"]
        assert board.agent.core.spool.dropped == kept


def test_a_folder_that_is_only_looked_into_is_not_made(board, tmp_path):
    board.write_config(folders=f'state = "{tmp_path}/other"')
    agent = Agent(load(str(board.config)), log=board.log, exclusive=False)
    agent.close()
    assert not (tmp_path / "other").exists()


FORK = """if 1:
    import os, sys, time
    from edgemote.agent.lock import FolderLock
    class Log:
        error = warning = print
    lock = FolderLock(Log)
    lock.take([sys.argv[1]])
    if os.fork():
        os._exit(0)
    print(os.getpid(), lock.held, flush=True)
    os.close(1)
    time.sleep(600)
    """


def test_a_forked_child_and_a_command_hold_nothing(tmp_path):
    path = str(tmp_path / "state")
    done = subprocess.run(
        [sys.executable, "-c", FORK, path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
        timeout=WAIT_S,
    )
    child, held = done.stdout.split()
    lock = FolderLock(Lines())
    try:
        assert held == "False"
        lock.take([path])
        with subprocess.Popen(["sleep", "600"], close_fds=False) as command:
            lock.close()
            lock.take([path])
            command.kill()
    finally:
        os.kill(int(child), signal.SIGKILL)
        lock.close()


CHILD = """if 1:
    import os, signal, sys, time, edgemote
    from edgemote.agent.limits import LOCK_PAUSE_S
    agent = edgemote.Agent.from_config(sys.argv[1])
    while agent.core.last_beat_s is None:
        agent.step()
    parent = os.getpid()
    if os.fork():
        time.sleep(600)
    waits = agent.step() == LOCK_PAUSE_S
    kept = agent.core.keep({"AgentVersion": "1"})
    agent.close()
    print(parent, waits, kept, flush=True)
    os.kill(parent, signal.SIGKILL)
    while os.getppid() == parent:
        time.sleep(0.02)
    agent.core.last_beat_s = None
    while agent.core.last_beat_s is None:
        agent.step()
        time.sleep(0.02)
    agent.close()
    print("took over", flush=True)
    """


def test_a_forked_child_waits_until_its_parent_has_ended(device):
    """So that a script may fork into the background."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, device.config],
        capture_output=True,
        env=device.environment(),
        text=True,
        timeout=WAIT_S,
    )
    parent, *words = done.stdout.split()
    assert words == ["True", "False", "took", "over"], done.stderr
    assert f"the folder {device.state} is in use by process {parent}" in done.stderr
    assert len(device.beats()) >= 2
    assert device.call("--once").returncode == 0
