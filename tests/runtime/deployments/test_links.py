"""What counts stays, in whatever way `current` leads to it, and whoever made the link."""

from __future__ import annotations

import os
import shutil

import pytest

from edgemote.agent.deployments.hooks import Hooks
from edgemote.agent.deployments.journal import Installed
from edgemote.agent.deployments.store import ModelFolder
from runtime.deployments.device import Device, define, make, summary, undeploy

OLDEST, OLD, NEW = os.urandom(20_000), os.urandom(30_000), os.urandom(40_000)


class Course:
    """A device on which M is OLD, with models to deploy."""

    def __init__(self, folder, s3):
        self.folder, self.s3 = folder, s3
        self.place = folder / "models" / "m"
        self.deployed = 0
        self.oldest = define("m", s3.put("odd", "m-0.bin", OLDEST), OLDEST)
        self.old = define("m", s3.put("odd", "m-1.bin", OLD), OLD)
        self.new = define("m", s3.put("odd", "m-2.bin", NEW), NEW)
        self.other = define("n", s3.put("odd", "n.bin", NEW), NEW)
        self.open().deploy(make("first", self.old))

    def open(self, hook=None, **options):
        return Device(self.folder, self.s3.url, Hooks(hook), **options)

    def lose_journal(self):
        (self.folder / "state" / "deployment.json").unlink()

    def deploy(self, *definitions, hook=None, **options):
        device = self.open(hook, **options)
        self.deployed += 1
        result = device.deploy(make(f"d{self.deployed}", *definitions))
        assert device.step() is None  # tidied up
        return result

    def link(self, text):
        (self.place / "current").unlink()
        (self.place / "current").symlink_to(text)

    def read(self):
        current = self.place / "current"
        if current.is_file():
            return current.read_bytes()
        return max((file.read_bytes() for file in current.iterdir()), key=len)


@pytest.fixture
def course(tmp_path, s3):
    return Course(tmp_path, s3)


def chain(place, version):
    (place / "stable").symlink_to(version)
    return "stable"


def chain_of_versions(place, version):
    (place / ("a" * 40)).symlink_to(version)
    return "a" * 40


def chain_to_the_file(place, version):
    chain(place, version)
    return "stable/m-1.bin"


def file_moved_aside(place, version):
    (place / version / "m-1.bin").rename(place / "kept.bin")
    (place / version / "m-1.bin").symlink_to("../kept.bin")
    return version


LINKS = {
    "dot": lambda place, version: f"./{version}",
    "slash": lambda place, version: f"{version}/",
    "slashes": lambda place, version: f".//{version}//",
    "absolute": lambda place, version: f"{place}/{version}",
    "up": lambda place, version: f"../m/{version}",
    "file": lambda place, version: f"{version}/m-1.bin",
    "absolute file": lambda place, version: f"{place}/{version}/m-1.bin",
    "chain": chain,
    "chain of versions": chain_of_versions,
    "chain to the file": chain_to_the_file,
    "file moved aside": file_moved_aside,
}


@pytest.fixture(params=LINKS)
def linked(request, course):
    version = os.readlink(course.place / "current")
    course.link(LINKS[request.param](course.place, version))
    assert course.read() == OLD
    return course


@pytest.mark.parametrize("lost", [False, True])
def test_the_version_before_stays(lost, linked):
    if lost:
        linked.lose_journal()
    before = os.path.realpath(linked.place / "current")
    assert linked.deploy(linked.new).status == "SUCCESS"
    assert linked.read() == NEW
    assert os.path.exists(before)


@pytest.mark.parametrize("lost", [False, True])
def test_what_is_current_stays_where_nothing_is_deployed(lost, linked):
    if lost:
        linked.lose_journal()
    result = linked.deploy(linked.new, hook=lambda handle, path: "m-2" not in path)
    assert result.status == "FAIL"
    assert linked.read() == OLD


@pytest.mark.parametrize("lost", [False, True])
def test_it_is_rolled_back_to_as_it_was(lost, linked):
    if lost:
        linked.lose_journal()
    text = os.readlink(linked.place / "current")
    result = linked.deploy(linked.new, linked.other, hook=lambda handle, path: handle != "n")
    assert summary(result)["m"][2] is None
    assert linked.read() == OLD
    assert os.readlink(linked.place / "current") == text


@pytest.mark.parametrize("lost", [False, True])
def test_the_same_version_again(lost, linked):
    if lost:
        linked.lose_journal()
    assert linked.deploy(linked.old).status == "SUCCESS"
    assert linked.read() == OLD


def test_one_version_does_not_count_twice(course):
    course.open().deploy(make("again", course.oldest))
    course.link("./" + os.readlink(course.place / "current"))
    assert course.deploy(course.oldest).status == "SUCCESS"
    files = {file.read_bytes() for file in course.place.glob("*/*")}
    assert files == {OLD, OLDEST}


def test_another_models_version_may_be_current(course):
    place = course.folder / "models" / "n"
    place.mkdir()
    (place / "current").symlink_to("../m/" + os.readlink(course.place / "current"))
    for name, model in (("1", course.new), ("2", course.oldest), ("3", undeploy("m"))):
        device = course.open()
        assert device.deploy(make(name, model)).status == "SUCCESS"
        assert device.step() is None
        assert (place / "current" / "m-1.bin").read_bytes() == OLD


def test_links_that_lead_to_no_model(tmp_path, s3):
    """None of them is a reason to stop, nor taken for a model."""
    texts = ["current", "loop/x", "..", "../../..", "/", "gone/x", "", "x" * 255]
    for number, text in enumerate(texts):
        place = tmp_path / "models" / f"m{number}"
        place.mkdir(parents=True)
        (place / "loop").symlink_to("loop")
        if text:
            (place / "current").symlink_to(text)
    device = Device(tmp_path, s3.url)
    found = {model.handle for model in device.deployments.installed}
    assert not found - {"m2", "m3", "m4"}  # folders, which may have files
    result = device.deploy(make("d", *(undeploy(f"m{number}") for number in range(len(texts)))))
    assert device.step() is None
    assert len(summary(result)) == 1 + len(texts)


# Firmware's own ---------------------------------------------------------------------------------


def as_factory(course, where):
    """The model is the factory's; in its folder is a link to its file."""
    shutil.rmtree(course.place)
    course.lose_journal()
    where.mkdir(parents=True, exist_ok=True)
    (where / "rom.bin").write_bytes(OLD)
    version = course.place / "factory"
    version.mkdir(exist_ok=True, parents=True)
    (version / "m.bin").symlink_to(os.path.relpath(where / "rom.bin", version))
    (course.place / "current").symlink_to("factory")


@pytest.mark.parametrize("where", ["rom", "models/m/kept", "models/m/" + "b" * 40, "models/n"])
def test_a_file_that_is_a_link_is_rolled_back_to(where, course):
    as_factory(course, course.folder / where)
    result = course.deploy(course.new, course.other, hook=lambda handle, path: handle != "n")
    assert summary(result)["m"][2] is None
    assert course.read() == OLD


@pytest.mark.parametrize("where", ["rom", "models/m/kept", "models/m/" + "b" * 40])
def test_a_file_that_is_a_link_stays_beside_the_new_one(where, course):
    as_factory(course, course.folder / where)
    assert course.deploy(course.new).status == "SUCCESS"
    assert course.read() == NEW
    assert (course.place / "factory" / "m.bin").read_bytes() == OLD


@pytest.mark.parametrize("spoil", [os.unlink, lambda path: path.write_bytes(b"")])
def test_a_link_within_the_folder_is_followed_and_verified(spoil, course):
    version = os.readlink(course.place / "current")
    file_moved_aside(course.place, version)

    def hook(handle, path):
        if handle == "n":
            spoil(course.place / "kept.bin")
        return handle != "n"

    result = course.deploy(course.new, course.other, hook=hook)
    assert summary(result)["m"][2].startswith("not restored")
    assert course.read() == NEW


def test_a_link_that_leads_out_is_not_taken_for_a_version_of_ours(course):
    """Ordered again, it is got again: what lies elsewhere may change."""
    version = os.readlink(course.place / "current")
    file = course.place / version / "m-1.bin"
    file.rename(course.folder / "elsewhere.bin")
    file.symlink_to(course.folder / "elsewhere.bin")
    assert course.deploy(course.old).status == "SUCCESS"
    assert not file.is_symlink()
    assert file.read_bytes() == (course.folder / "elsewhere.bin").read_bytes() == OLD


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("mount", ["../../rom", "slot", "slot/model.bin"])
@pytest.mark.parametrize("fault", ["checksum", "refused", "broken", "elsewhere"])
def test_a_link_to_a_disk_that_is_not_mounted_yet_stays(fault, mount, known, course):
    if known:
        (course.place / "current").unlink()
    else:
        course.deploy(undeploy("m"))
        course.place.mkdir()
    (course.place / "current").symlink_to(mount)

    def hook(handle, path):
        if fault == "broken":
            raise RuntimeError("does not load")
        return fault == "elsewhere" and handle == "m"

    wrong = define("m", course.new.url, OLD)
    models = [wrong if fault == "checksum" else course.new, course.other]
    result = course.deploy(*models, hook=hook)
    assert result.status == "FAIL"
    assert os.readlink(course.place / "current") == mount
    if not known:
        course.deploy(undeploy("m"))
        assert os.readlink(course.place / "current") == mount


def test_what_the_links_say(course):
    version = os.readlink(course.place / "current")
    for text, expected in (
        (version, Installed("m", version, "m-1.bin", sum=version)),
        (f"./{version}", Installed("m", version, "m-1.bin", sum=version, link=f"./{version}")),
        (f"{version}/m-1.bin", Installed("m", version, "m-1.bin", link=f"{version}/m-1.bin")),
        ("/dev/null/x", None),
    ):
        course.link(text)
        found = ModelFolder(str(course.folder / "models")).find_installed()
        assert found == ([expected] if expected else [])


@pytest.mark.parametrize("name", [".partial", ".partial/m", "m/.current.new"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_in_the_way_of_ours_is_in_the_way_once(kind, name, course):
    path = course.folder / "models" / name
    if path.exists():
        shutil.rmtree(path)
    if kind == "folder":
        path.mkdir()
        (path / "thing").write_bytes(b"?")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere")
    course.deploy(course.new)
    assert course.deploy(course.oldest).status == "SUCCESS"
    assert course.read() == OLDEST
