"""A journal that cannot be read: one that may not be is left, one that is damaged is set aside."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from edgemote.agent.deployments import states
from edgemote.agent.deployments.hooks import Hooks
from edgemote.agent.deployments.recovery import find_fault, look
from edgemote.agent.files import JOURNAL
from runtime.deployments.device import Device, define, make, summary, undeploy

OTHER = 65_534
OLD, NEW = os.urandom(30_000), os.urandom(400_000)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@contextlib.contextmanager
def as_user(number):
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def home():
    """A folder that every user can reach."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


def put(s3):
    old = define("m", s3.put("journal", "m-1.bin", OLD), OLD)
    return old, define("m", s3.put("journal", "m-2.bin", NEW), NEW)


def close_file(home):
    (home / "state" / JOURNAL).chmod(0)
    os.chown(home / "state" / JOURNAL, 0, 0)
    return home / "state" / JOURNAL


def close_state(home):
    (home / "state").chmod(0)
    os.chown(home / "state", 0, 0)
    return home / "state" / JOURNAL


def close_models(home):
    (home / "state" / JOURNAL).unlink()
    (home / "models").chmod(0)
    os.chown(home / "models", 0, 0)
    return home / "models"


@needs_root
@pytest.mark.parametrize("close", [close_file, close_state, close_models])
def test_access_is_no_damage(close, home, s3):
    old, new = put(s3)
    with as_user(OTHER):
        Device(home, s3.url).deploy(make("before", old))
    modes = {path: path.stat().st_mode & 0o777 for path in home.rglob("*")}
    path = close(home)
    names = sorted(os.listdir(home / "state"))
    with as_user(OTHER):
        device = Device(home, s3.url)
        for _ in range(3):
            device.deployments.offer([make("d", new)], device.now_s)
            before_s = device.steady_s
            assert device.step() > before_s  # it waits, and comes again
        assert device.deployments.result is None
        assert device.deployments.installed == []
        assert device.deployments.status["deployment"] is None
    assert [line for line in device.log.lines if f"Permission denied: {path}" in line] == [
        device.deployments.trouble
    ]
    assert f"must be accessible for user {OTHER}" in device.deployments.trouble
    assert sorted(os.listdir(home / "state")) == names
    for path, mode in modes.items():
        if path.exists():
            os.chown(path, OTHER, OTHER)
            path.chmod(mode)
    with as_user(OTHER):
        device.step()
        assert device.deployments.trouble is None
        assert device.current() == {"m": OLD}
        assert device.deploy(make("d", new)).status == "SUCCESS"
        assert device.current() == {"m": NEW}


def folder(path):
    path.mkdir()
    (path / "thing").write_bytes(b"?")


def loop(path):
    path.symlink_to(path.name)


def noise(path):
    path.write_bytes(b"\0noise")


OBSTACLES = [folder, loop, os.mkfifo, noise]


@pytest.mark.parametrize("obstacle", OBSTACLES)
@pytest.mark.parametrize("before", [None, *OBSTACLES])
def test_what_is_no_journal_is_set_aside(before, obstacle, tmp_path, s3):
    old, new = put(s3)
    Device(tmp_path, s3.url).deploy(make("before", old))
    journal = tmp_path / "state" / JOURNAL
    if before is not None:
        before(journal.with_name(f"{JOURNAL}.illegible"))
    journal.unlink()
    obstacle(journal)
    assert "will move it aside" in look(str(tmp_path / "state"))
    device = Device(tmp_path, s3.url)
    assert [model.handle for model in device.deployments.installed] == ["m"]
    assert any("moved aside" in line for line in device.log.lines)
    assert os.path.lexists(journal.with_name(f"{JOURNAL}.illegible"))
    assert device.deploy(make("d", new)).status == "SUCCESS"
    assert device.current() == {"m": NEW}
    assert look(str(tmp_path / "state")) is None


@pytest.mark.parametrize("name", [JOURNAL, f"{JOURNAL}.new"])
@pytest.mark.parametrize("obstacle", [*OBSTACLES, lambda path: path.symlink_to("../mine")])
def test_what_is_in_the_way_of_a_save(obstacle, name, tmp_path, s3):
    _, new = put(s3)
    (tmp_path / "mine").write_bytes(b"mine")
    device = Device(tmp_path, s3.url)
    device.deployments.offer([make("d", new)], device.now_s)
    device.step()
    path = tmp_path / "state" / name
    path.unlink(missing_ok=True)
    obstacle(path)
    assert device.finish().status == "SUCCESS"
    assert device.current() == {"m": NEW}
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert json.loads((tmp_path / "state" / JOURNAL).read_bytes())["done"] == ["d"]


# What no agent of this version has written -------------------------------------------------------


def change_work(journal, **values):
    journal["work"].update(values)


def change_model(journal, **values):
    journal["work"]["models"][0].update(values)


CHANGES = {
    "phase": lambda journal: change_work(journal, phase="prepare"),
    "no phase": lambda journal: journal["work"].pop("phase"),
    "no name": lambda journal: journal["work"].pop("name"),
    "state": lambda journal: change_model(journal, state="polishing"),
    "no state": lambda journal: journal["work"]["models"][0].pop("state"),
    "handle": lambda journal: change_model(journal, handle="../../x"),
    "blank": lambda journal: change_model(journal, handle="new m"),
    "no handle": lambda journal: change_model(journal, handle=""),
    "id": lambda journal: change_model(journal, id="../x"),
    "file": lambda journal: change_model(journal, file=".."),
    "path": lambda journal: change_model(journal, file="x/y"),
    "leaves": lambda journal: change_model(
        journal, state="leaving", wish="UNDEPLOY", previous=None
    ),
    "kind": lambda journal: change_work(journal, models=7),
    "installed": lambda journal: journal["installed"][0].update(handle="../x"),
    "installed as": lambda journal: journal["installed"][0].update(handle="a b"),
    "name": lambda journal: journal["installed"][0].update(name="a\nb"),
    "version": lambda journal: journal["installed"][0].update(version="1/2"),
    "untidy": lambda journal: journal.update(untidy=[".."]),
    "report": lambda journal: journal.update(reports=[{"result": {}}]),
    "no result": lambda journal: journal.update(reports=[{"sent": True}]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_journal_of_another_version_is_set_aside(change, tmp_path, s3):
    old, new = put(s3)
    Device(tmp_path, s3.url).deploy(make("before", old))
    device = Device(tmp_path, s3.url)
    device.deployments.offer([make("d", new)], device.now_s)
    device.step()
    device.deployments.close()
    path = tmp_path / "state" / JOURNAL
    journal = json.loads(path.read_bytes())
    CHANGES[change](journal)
    text = json.dumps(journal).encode()
    path.write_bytes(text)
    device = Device(tmp_path, s3.url)
    assert path.with_name(f"{JOURNAL}.illegible").read_bytes() == text
    assert [model.handle for model in device.deployments.installed] == ["m"]
    assert device.current() == {"m": OLD}
    assert device.deploy(make("d", new)).status == "SUCCESS"
    assert device.current() == {"m": NEW}


def test_fields_of_a_newer_version_do_no_harm(tmp_path, s3):
    old, new = put(s3)
    Device(tmp_path, s3.url).deploy(make("before", old))
    path = tmp_path / "state" / JOURNAL
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "colour": "blue"}))
    device = Device(tmp_path, s3.url)
    assert device.finish(make("before", old)) is None  # it is known to be over
    assert device.deploy(make("d", new)).status == "SUCCESS"


def test_every_journal_of_this_version_is_known(tmp_path, s3, monkeypatch):
    """Whatever is at work and whatever is wrong with it, the next start goes on from there."""
    old, new = put(s3)
    other = define("n", new.url, NEW)
    wrong = define("o", new.url, OLD)
    listed = [
        make("before/..", old),
        make("nothing", undeploy("x"), define("", "s3://b/k"), define("..", "s3://b/k")),
        make("type", new, define("", None), refusal="Type Other"),
        make("policy", new, undeploy("m"), policy="?"),
        make("none"),
        make("wrong", new, wrong, undeploy("y")),
        make("refused", new, undeploy("m"), other, policy="DO_NOTHING"),
        make("restored", new, other),
        make("state", define("m", "s3://b/k", state="?"), other, policy="DO_NOTHING"),
    ]
    seen = set()
    device = Device(tmp_path, s3.url, Hooks(lambda handle, path: handle != "n"))
    for deployment in listed:
        device.deployments.offer([deployment], device.now_s)
        while device.step() is not None:
            journal = device.deployments._file.journal
            if journal.work is not None:
                seen.update(model.state for model in journal.work.models)
            assert find_fault(journal) is None
        result = device.deployments.result
        assert summary(result)
        device.deployments.note_reported(result.name)
    assert seen >= {"waiting", "fetched", "installed", "skipped", "failed", "current", "restored"}
    assert seen <= states.ENDS.union(*states.PHASES.values())


def test_a_journal_that_cannot_be_written_is_told(tmp_path, s3):
    _, new = put(s3)
    device = Device(tmp_path, s3.url)
    device.deployments.offer([make("d", new)], device.now_s)
    device.step()
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_bytes(b"a file")
    for _ in range(20):
        device.step()
    assert device.deployments.trouble == f"deployments are paused: {JOURNAL} cannot be written"
    assert device.deployments.result is None
    (tmp_path / "state").unlink()
    assert device.finish().status == "SUCCESS"
    assert device.deployments.trouble is None
    assert device.current() == {"m": NEW}
