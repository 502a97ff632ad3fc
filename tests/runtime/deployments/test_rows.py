"""Every row of the states is reached by a real device, with obstacles that a disk can hold."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest

from edgemote.agent.deployments import states
from edgemote.agent.deployments.hooks import Hooks
from edgemote.agent.deployments.store import ModelFolder
from runtime.deployments.device import Device, define, make, undeploy
from runtime.deployments.signing import make_key, sign, write_public

OLD, NEW = os.urandom(300_000), os.urandom(400_000)
ROWS = {
    (phase, state, outcome)
    for phase, rows in states.PHASES.items()
    for state, (_, outcomes) in rows.items()
    for outcome in outcomes
}


class Course:
    """Devices on which M is OLD, and the models to deploy on them."""

    def __init__(self, folder, s3):
        self.s3 = s3
        self._folder = folder
        self._devices = 0
        folder.mkdir(exist_ok=True)
        (folder / "signer.pem").write_bytes(write_public(make_key("P-256")))
        self.signers = (str(folder / "signer.pem"),)
        self.old = define("m", s3.put("rows", "m-1.bin", OLD), OLD)
        self.new = define("m", s3.put("rows", "m-2.bin", NEW), NEW)
        self.other = define("n", s3.put("rows", "m-2.bin", NEW), NEW)
        self.wrong = define("z", s3.put("rows", "m-2.bin", NEW), OLD)
        self.missing = define("z", "s3://rows/missing.bin", NEW)

    def open(self, on_deploy=None, on_undeploy=None):
        self._devices += 1
        home = self._folder / str(self._devices)
        Device(home, self.s3.url).deploy(make("before", self.old))
        return Device(home, self.s3.url, Hooks(on_deploy, on_undeploy))


def model_states(device):
    work = device.deployments.status["deployment"]
    return [model["state"] for model in work["models"]] if work else []


def step_to(device, state, *listed):
    device.deployments.offer(listed, device.now_s)
    while state not in model_states(device):
        assert device.step() is not None


def put_in_the_way(path):
    """A folder with something in it, which neither rename nor unlink takes away."""
    if path.is_symlink():
        path.unlink()
    path.mkdir(parents=True)
    (path / "thing").write_bytes(b"?")


def lost(course):
    device = course.open()
    step_to(device, "fetched", make("d", course.new))
    (device.folder / "models" / ".partial" / "m").unlink()
    assert device.finish().status == "SUCCESS"
    assert device.current() == {"m": NEW}


def no_place_for_the_file(course):
    device = course.open()
    step_to(device, "fetched", make("d", course.new))
    put_in_the_way(device.folder / "models" / "m" / course.new.checksum / "m-2.bin")
    assert "install: Is a directory" in device.finish().message
    assert device.current() == {"m": OLD}


def no_place_for_the_link(course):
    device = course.open(lambda *_: put_in_the_way(device.folder / "models/m/.current.new"))
    result = device.finish(make("d", course.new))
    assert "switch: " in result.models[0].reason
    assert result.models[0].rollback_reason.startswith("revert: ")
    assert device.current() == {"m": OLD}


def a_link_that_stays(course):
    device = course.open(None, lambda *_: put_in_the_way(device.folder / "models/m/current"))
    result = device.finish(make("d", undeploy("m")))
    assert "leave: Is a directory" in result.models[0].reason


def refuse_n_and_block_m(course, *definitions):
    def refuse(handle, path):
        if handle == "n":
            put_in_the_way(device.folder / "models/m/.current.new")
        return handle != "n"

    device = course.open(refuse)
    result = device.finish(make("d", *definitions, course.other))
    assert result.message.startswith("not rolled back: m; n: ")


def current_cannot_be_reverted(course):
    refuse_n_and_block_m(course, course.new)


def gone_cannot_be_reverted(course):
    refuse_n_and_block_m(course, undeploy("m"))


def the_firmware_falls_over(course):
    device = course.open(lambda *_: 1 / 0, lambda *_: 1 / 0)
    result = device.finish(make("d", course.new))
    assert "ZeroDivisionError" in result.models[0].rollback_reason
    device.deployments.note_reported("d")
    result = device.finish(make("e", undeploy("m")))
    assert "ZeroDivisionError" in result.models[0].reason


def the_firmware_refuses(course):
    device = course.open(lambda *_: False, lambda *_: False)
    for number, definition in enumerate((course.new, undeploy("m"))):
        device.deploy(make(f"d{number}", definition))
    device = course.open(lambda handle, path: handle == "m" and path.endswith("m-2.bin"))
    result = device.finish(make("d", course.new, course.other))
    assert result.models[0].rollback_reason == "hook: refused by the hook"


def taken_back(course):
    device = course.open(lambda handle, path: handle != "n")
    for number, definition in enumerate((course.new, undeploy("m"))):
        device.deploy(make(f"d{number}", definition, course.other))
        assert device.current() == {"m": OLD}


def skipped(course):
    device = course.open()
    for number, listed in enumerate(
        (
            (course.wrong, undeploy("m")),  # leaving
            (course.old, course.wrong),  # installed
            (course.missing, course.new),  # asking
            (course.old, course.missing),  # here
            (course.new, course.wrong),  # fetched
            (define("z", "ftp://"), course.new),  # waiting
            (course.wrong, course.other),  # fetching
        )
    ):
        assert device.deploy(make(f"d{number}", *listed)).status == "FAIL"
        assert device.current() == {"m": OLD}


def damaged_and_changed(course):
    device = course.open()
    installed = next((device.folder / "models" / "m").glob("*/m-1.bin"))
    installed.write_bytes(b"?" * len(OLD))
    device.deploy(make("c", course.old))
    device.deployments.offer([make("d", course.new)], device.now_s)
    partial = device.folder / "models" / ".partial" / "m"
    while not partial.exists() or not 0 < partial.stat().st_size < len(NEW):
        device.step()
    device.deployments.close()
    partial.write_bytes(b"?" * len(NEW))
    assert device.finish().status == "SUCCESS"
    device.deployments.note_reported("d")
    assert device.finish(make("e", undeploy("m"))).status == "SUCCESS"


def no_folder_to_download_to(course):
    device = course.open()
    with patch.object(ModelFolder, "prepare", side_effect=OSError(28, "No space left on device")):
        result = device.finish(make("d", course.new))
    assert result.models[0].reason == "look: No space left on device"
    assert device.current() == {"m": OLD}


def a_version_that_cannot_be_read(course):
    device = course.open()
    (file,) = (device.folder / "models" / "m" / "current").iterdir()
    place = file.resolve()
    step_to(device, "here", make("d", course.old))
    place.unlink()
    result = device.finish()
    assert result.status == "SUCCESS"
    assert result.models[0].reason is None


class FailingHooks(Hooks):
    """Accepts so often; then the system has no more processes, pipes or memory."""

    accepted = 0

    def start(self, *arguments):
        if not self.accepted:
            raise OSError(12, "Cannot allocate memory")
        self.accepted -= 1
        return super().start(*arguments)


def no_memory_for_a_hook(course):
    device = course.open(lambda *_: True, lambda *_: True)
    hooks = device.deployments._settings.hooks = FailingHooks(lambda *_: True, lambda *_: True)
    for number, definition in enumerate((course.new, undeploy("m"))):
        result = device.deploy(make(f"d{number}", definition))
        assert "Cannot allocate memory" in result.models[0].reason
        assert "Cannot allocate memory" in result.models[0].rollback_reason
        assert device.current() == {"m": OLD}
    hooks.accepted = 1
    assert device.deploy(make("e", course.new, course.other)).status == "FAIL"


def unsigned(course):
    """Without a signature, with another file's, and the same for a version that is there."""
    device = course.open()
    device.deployments._settings.signers = course.signers
    course.s3.put("rows", "m-2.bin.sig", sign(OLD))
    for name in ("absent", "another"):
        assert device.deploy(make(name, course.old)).status == "FAIL"
        course.s3.put("rows", "m-1.bin.sig", sign(NEW))
    assert device.deploy(make("new", course.other)).status == "FAIL"
    assert device.current() == {"m": OLD}
    for name in ("m-1.bin.sig", "m-2.bin.sig"):
        (course.s3.folder / "rows" / name).unlink()


COURSES = [
    lost,
    no_place_for_the_file,
    no_place_for_the_link,
    a_link_that_stays,
    current_cannot_be_reverted,
    gone_cannot_be_reverted,
    the_firmware_falls_over,
    the_firmware_refuses,
    taken_back,
    skipped,
    damaged_and_changed,
    no_folder_to_download_to,
    a_version_that_cannot_be_read,
    no_memory_for_a_hook,
    unsigned,
]


def test_every_row_is_reached(tmp_path, s3, monkeypatch):
    reached = set()
    advance = states.advance

    def note(work, model, outcome):
        reached.add((work.phase, model.state, outcome))
        return advance(work, model, outcome)

    monkeypatch.setattr(states, "advance", note)
    for number, course in enumerate(COURSES):
        course(Course(tmp_path / str(number), s3))
    assert reached == ROWS


@pytest.mark.parametrize("course", COURSES)
def test_course(course, tmp_path, s3):
    course(Course(tmp_path, s3))
