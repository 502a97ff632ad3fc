"""A model that is current is never lost, whatever is known of it."""

from __future__ import annotations

import errno
import os
import shutil

import pytest

import edgemote.agent.deployments.journal as journal_module
from edgemote.agent import limits
from edgemote.agent.deployments.hooks import Hooks
from runtime.deployments.device import Device, define, make, summary, undeploy

OLD, NEW = os.urandom(300_000), os.urandom(400_000)


def lose_journal(home):
    (home / "state" / "deployment.json").unlink()


def lose_state(home):
    shutil.rmtree(home / "state")


def empty_journal(home):
    (home / "state" / "deployment.json").write_bytes(b"")


def damage_journal(home):
    (home / "state" / "deployment.json").write_bytes(b'{"installed": 7}')


def forget_models(home):
    (home / "state" / "deployment.json").write_bytes(b"{}")


def keep(home):
    pass


LOSSES = [keep, lose_journal, lose_state, empty_journal, damage_journal, forget_models]


def stray_files(folder):
    (folder / "notes.txt").write_text("mine")
    (folder / "current" / "calibration.bin").write_bytes(b"7")


def factory_names(folder):
    (folder / os.readlink(folder / "current")).rename(folder / "factory-1.0")
    (folder / "current").unlink()
    (folder / "current").symlink_to("factory-1.0")


def file_as_current(folder):
    (file,) = (folder / "current").iterdir()
    shutil.copy(file, folder / "model.bin")
    (folder / "current").unlink()
    (folder / "current").symlink_to("model.bin")


def current_elsewhere(folder):
    place = folder.parent.parent / "rom"
    shutil.copytree(folder / "current", place)
    (folder / "current").unlink()
    (folder / "current").symlink_to(place)


PLACES = [keep, stray_files, factory_names, file_as_current, current_elsewhere]


def read_current(device):
    link = device.folder / "models" / "m" / "current"
    if link.is_file():
        return link.read_bytes()
    return max((file.read_bytes() for file in link.iterdir()), key=len)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("lose", LOSSES)
def test_a_deployment_that_fails_leaves_what_is_current(lose, place, tmp_path, s3):
    old = define("m", s3.put("keeping", "m-1.bin", OLD), OLD)
    url = s3.put("keeping", "m-2.bin", NEW)
    Device(tmp_path, s3.url).deploy(make("before", old))
    place(tmp_path / "models" / "m")
    lose(tmp_path)
    calls = []

    def hook(handle, path):
        calls.append(path)
        return "m-2" not in path

    device = Device(tmp_path, s3.url, Hooks(hook, lambda *_: False))
    for name, definition in (
        ("wrong", define("m", url, OLD[1:])),
        ("refused", define("m", url, NEW)),
        ("stays", undeploy("m")),
    ):
        assert device.deploy(make(name, definition)).status == "FAIL"
        assert device.step() is None  # tidied up
        assert read_current(device) == OLD
        assert [model.handle for model in device.deployments.installed] == ["m"]
        with open(device.deployments.installed[0].path, "rb") as file:
            assert file.read() == OLD
    assert calls  # the refused one was asked about
    if place is stray_files:
        assert (tmp_path / "models" / "m" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("lose", LOSSES)
def test_the_version_before_stays_beside_the_new_one(lose, place, tmp_path, s3):
    old = define("m", s3.put("keeping", "m-1.bin", OLD), OLD)
    new = define("m", s3.put("keeping", "m-2.bin", NEW), NEW)
    Device(tmp_path, s3.url).deploy(make("before", old))
    place(tmp_path / "models" / "m")
    lose(tmp_path)
    kept = os.path.realpath(tmp_path / "models" / "m" / "current")
    device = Device(tmp_path, s3.url)
    assert device.deploy(make("new", new)).status == "SUCCESS"
    assert device.step() is None
    assert read_current(device) == NEW
    assert os.path.exists(kept)


def test_models_are_known_before_anything_is_deployed(tmp_path, s3):
    old = define("m", s3.put("keeping", "m-1.bin", OLD), OLD)
    Device(tmp_path, s3.url).deploy(make("before", old))
    lose_state(tmp_path)
    device = Device(tmp_path, s3.url)
    assert [model.handle for model in device.deployments.installed] == ["m"]
    assert (tmp_path / "state" / "deployment.json").exists()


@pytest.mark.parametrize("lose", LOSSES)
def test_an_order_to_undeploy_asks_whatever_the_journal_knows(lose, tmp_path, s3):
    old = define("m", s3.put("keeping", "m-1.bin", OLD), OLD)
    Device(tmp_path, s3.url).deploy(make("before", old))
    lose(tmp_path)
    asked = []
    device = Device(tmp_path, s3.url, Hooks(None, lambda *call: asked.append(call)))
    assert device.deploy(make("d", undeploy("m"))).status == "SUCCESS"
    assert len(asked) == 1
    assert device.step() is None
    assert device.current() == {}


@pytest.mark.parametrize("restarted", [False, True])
def test_models_that_somebody_has_deleted_are_no_obstacle(restarted, tmp_path, s3):
    """The journal still lists them; what comes next is done, and what is missing is told."""
    old = define("m", s3.put("keeping", "m-1.bin", OLD), OLD)
    new = define("m", s3.put("keeping", "m-2.bin", NEW), NEW)
    other = define("n", s3.put("keeping", "m-2.bin", NEW), NEW)
    for number, (models, accepts, current) in enumerate(
        (
            ([new], True, {"m": NEW}),
            ([old], True, {"m": OLD}),
            ([undeploy("m")], True, {}),
            ([new, other], False, {"m": NEW}),  # there is nothing to go back to
        )
    ):
        home = tmp_path / str(number)
        device = Device(home, s3.url)
        device.deploy(make("before", old))
        shutil.rmtree(home / "models")
        hooks = Hooks(lambda handle, path, accepts=accepts: accepts or handle == "m")
        if restarted:
            device = Device(home, s3.url, hooks)
            assert any("m-1.bin is missing" in line for line in device.log.lines)
        else:
            device.deployments._settings.hooks = hooks
        result = device.deploy(make("d", *models))
        assert result.status == ("SUCCESS" if accepts else "FAIL")
        assert device.step() is None
        assert device.current() == current


def ruin(path):
    path.write_bytes(b"?" * 10)


@pytest.mark.parametrize("spoil", [os.unlink, ruin])
def test_nothing_is_rolled_back_to_what_is_not_whole(spoil, tmp_path, s3):
    old = define("m", s3.put("keeping", "m-1.bin", OLD), OLD)
    new = define("m", s3.put("keeping", "m-2.bin", NEW), NEW)
    other = define("n", s3.put("keeping", "m-2.bin", NEW), NEW)
    Device(tmp_path, s3.url).deploy(make("before", old))
    (file,) = (tmp_path / "models" / "m" / "current").iterdir()

    def hook(handle, path):
        if handle == "n":
            spoil(file.resolve())
            return False
        return True

    file = file.resolve()
    device = Device(tmp_path, s3.url, Hooks(hook))
    result = device.deploy(make("d", new, other))
    assert device.step() is None
    assert read_current(device) == NEW
    reasons = summary(result)
    assert reasons[""] == "FAIL"
    assert reasons["m"][2].startswith("not restored: ")
    assert "not rolled back: m" in result.message
    (installed,) = device.deployments.installed
    assert installed.path.endswith("m-2.bin")


def test_a_disk_that_does_not_take_the_journal_is_no_failure_of_a_model(tmp_path, s3, monkeypatch):
    """At every write of the journal in turn: it waits, calls no hook, and goes on."""
    new = define("m", s3.put("keeping", "m-2.bin", NEW), NEW)
    replace_file, calls, full_at = journal_module.replace_file, [], 0

    def refuse_one(path, content):
        calls.append("write")
        if calls.count("write") == full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace_file(path, content)

    monkeypatch.setattr(journal_module, "replace_file", refuse_one)
    writes = 1
    while full_at < writes:
        full_at += 1
        calls.clear()
        home = tmp_path / str(full_at)
        device = Device(home, s3.url, Hooks(lambda *_: calls.append("hook")))
        result = device.deploy(make("d", new))
        assert device.step() is None
        writes = calls.count("write") - 1
        assert summary(result) == {"": "SUCCESS", "m": ("SUCCESS", None, None)}
        assert calls.count("hook") == 1
        assert device.current() == {"m": NEW}
    assert writes > 5


def test_a_result_that_is_refused_for_good_is_passed_over(tmp_path, s3):
    device = Device(tmp_path, s3.url)
    results = limits.DEPLOYMENT_REPORTS + 3
    listed = [make(f"d{number}", undeploy("x")) for number in range(results)]
    for number in range(results):
        result = device.finish(*listed)
        assert result.name == f"d{number}"
        assert result.models
        device.deployments.note_sending(result.name)
        device.deployments.note_refused(result.name)
        bare = device.deployments.result
        assert bare.name == f"d{number}"
        assert bare.status == "SUCCESS"
        assert bare.models is bare.message is None
        device.deployments.note_sending(result.name)
        device.deployments.note_refused(result.name)
        assert (
            f"deployment d{number}: the service rejects its result, which is skipped"
            in device.log.lines
        )
    assert device.finish(*listed) is None


def test_a_file_in_place_of_the_link_is_not_overwritten(tmp_path, s3):
    url = s3.put("keeping", "m-2.bin", NEW)
    current = tmp_path / "models" / "m" / "current"
    current.parent.mkdir(parents=True)
    current.write_bytes(OLD)
    for name, answer in (("accepted", True), ("refused", False)):
        device = Device(tmp_path, s3.url, Hooks(lambda *_, answer=answer: answer))
        result = device.deploy(make(name, define("m", url, NEW)))
        assert result.status == "FAIL"
        assert device.step() is None
        assert current.read_bytes() == OLD
