"""Deployments from GetDeployments to the result, against a real S3."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from edgemote.agent.deployments.hooks import Hooks
from runtime.deployments.device import define, make, summary, undeploy

OLD, NEW, OTHER = os.urandom(300_000), os.urandom(700_000), os.urandom(50_000)
GOOD = ("SUCCESS", None, None)


@pytest.fixture
def urls(s3):
    return {
        "old": s3.put("models", "detector-1.tar.gz", OLD),
        "new": s3.put("models", "jobs/7/detector-1.2.tar.gz", NEW),
        "other": s3.put("models", "other.bin", OTHER),
    }


def test_deployed(device, urls):
    result = device.finish(make("first", define("detector", urls["new"], NEW)))
    assert summary(result) == {"": "SUCCESS", "detector": GOOD}
    assert result.name == "first"
    assert result.start_s <= result.end_s <= device.now_s
    (model,) = result.models
    assert (model.name, model.version) == ("detector", "1.2")
    assert (model.desired, model.state) == ("DEPLOY", "DEPLOY")
    assert device.current() == {"detector": NEW}
    (installed,) = device.deployments.installed
    assert (installed.handle, installed.name, installed.version) == ("detector", "detector", "1.2")
    assert Path(installed.path).read_bytes() == NEW


def test_an_empty_object(device, s3):
    device.deploy(make("a", define("m", s3.put("models", "empty.bin", b""), b"")))
    assert device.current() == {"m": b""}


def test_without_a_checksum_the_etag_names_the_version(device, urls):
    result = device.finish(make("a", define("m", urls["new"])))
    assert summary(result)["m"] == GOOD
    assert device.current() == {"m": NEW}
    assert any("has no checksum" in line for line in device.log.lines)


def test_removed(device, urls):
    device.deploy(make("a", define("m", urls["old"], OLD), define("n", urls["other"], OTHER)))
    result = device.deploy(make("b", undeploy("m")))
    assert summary(result) == {"": "SUCCESS", "m": GOOD}
    assert device.current() == {"n": OTHER}
    assert [name.split("/")[0] for name in device.files()] == ["n"]
    assert [model.handle for model in device.deployments.installed] == ["n"]


def test_removing_what_is_not_there_succeeds(device):
    result = device.finish(make("a", undeploy("m")))
    assert summary(result) == {"": "SUCCESS", "m": ("SUCCESS", "was not deployed", None)}


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_so_many_old_versions_are_kept(open_device, s3, kept):
    device = open_device(keep_versions=kept)
    contents = [bytes([number]) * 1000 for number in range(4)]
    for number, content in enumerate(contents):
        url = s3.put("models", f"m-{number}.bin", content)
        device.deploy(make(f"d{number}", define("m", url, content)))
    found = [(device.folder / "models" / name).read_bytes() for name in device.files()]
    assert sorted(found) == contents[3 - kept :]
    assert device.current() == {"m": contents[3]}


def test_a_kept_version_is_verified_and_not_downloaded(open_device, urls, proxy):
    device = open_device(url=f"http://{proxy.origin}")
    device.deploy(make("a", define("m", urls["old"], OLD)))
    device.deploy(make("b", define("m", urls["new"], NEW)))
    carried = proxy.carried["answer"]
    device.deploy(make("c", define("m", urls["old"], OLD)))
    assert device.current() == {"m": OLD}
    assert proxy.carried["answer"] == carried
    (kept,) = (
        name for name in device.files() if (device.folder / "models" / name).read_bytes() == NEW
    )
    (device.folder / "models" / kept).write_bytes(NEW[:-1] + b"?")
    device.deploy(make("d", define("m", urls["new"], NEW)))
    assert device.current() == {"m": NEW}
    end = time.monotonic() + 60
    while proxy.carried["answer"] <= carried + len(NEW):  # it counts what it has passed on
        assert time.monotonic() < end
        time.sleep(0.01)


def test_several_wait_in_order(device, urls):
    listed = [
        make("b", define("m", urls["old"], OLD)),
        make("a", define("m", urls["new"], NEW)),
        make("b", define("m", urls["other"], OTHER)),  # a name counts once
    ]
    device.deployments.offer(listed, device.now_s)
    assert device.finish().name == "b"
    device.deployments.note_reported("b")
    assert device.deployments.result.name == "a"
    assert device.current() == {"m": NEW}


def test_done_once_while_it_is_listed(device, urls):
    listed = make("a", define("m", urls["old"], OLD))
    device.deploy(listed)
    assert device.finish(listed) is None
    assert device.finish(listed, make("b", undeploy("m"))).name == "b"


def test_unreported_results_bound_what_is_begun(open_device):
    device = open_device()
    listed = [make(f"d{number}", undeploy("m")) for number in range(12)]
    device.finish(*listed)
    assert len(device.deployments.status["unreported"]) == 8
    device.deployments.note_reported("d0")
    device.finish()
    assert device.deployments.status["unreported"] == [f"d{number}" for number in range(1, 9)]
    again = open_device()
    again.finish(*listed[1:])
    assert again.deployments.result.name == "d1"


def test_names_that_cannot_be_reported_are_not_taken(device):
    names = ["", "x" * 256, "line\nbreak"]
    assert device.finish(*(make(name, undeploy("m")) for name in names)) is None


class TestReport:
    """A result is sent until it is accepted, and once after that, as far as can be known."""

    @pytest.fixture
    def done(self, device):
        device.finish(make("d", undeploy("m")))
        return device

    def test_accepted(self, done, open_device):
        assert done.deployments.result.name == "d"
        done.deployments.note_sending("d")
        assert done.deployments.result is None
        assert done.deployments.needs_listing
        done.deployments.note_reported("d")
        for device in (done, open_device()):
            assert device.deployments.result is None
            assert not device.deployments.needs_listing

    def test_certainly_not_accepted(self, done):
        done.deployments.note_sending("d")
        done.deployments.note_unsent("d")
        assert done.deployments.result.name == "d"
        done.deployments.note_sending("d")
        assert done.deployments.needs_listing

    @pytest.mark.parametrize("restarted", [False, True])
    def test_unknown_and_still_listed(self, done, open_device, restarted):
        done.deployments.note_sending("d")
        device = open_device() if restarted else done
        assert device.deployments.needs_listing
        device.deployments.offer([make("d", undeploy("m"))], device.now_s)
        assert device.deployments.result.name == "d"
        assert not device.deployments.needs_listing

    @pytest.mark.parametrize("restarted", [False, True])
    def test_unknown_and_not_listed(self, done, open_device, restarted):
        done.deployments.note_sending("d")
        device = open_device() if restarted else done
        device.deployments.offer([], device.now_s)
        assert device.deployments.result is None
        assert not device.deployments.needs_listing
        assert open_device().deployments.result is None

    def test_not_sent_and_not_listed_is_still_reported(self, done):
        done.deployments.offer([], done.now_s)
        assert done.deployments.result.name == "d"

    def test_a_second_attempt_writes_nothing(self, done):
        done.deployments.note_sending("d")
        journal = done.folder / "state" / "deployment.json"
        written = journal.stat().st_ino
        for _ in range(3):
            done.deployments.note_unsent("d")
            done.deployments.note_sending("d")
        assert journal.stat().st_ino == written


def test_status(device, urls):
    assert device.deployments.status == {
        "deployment": None, "waiting": [], "unreported": [], "installed": [],
    }  # fmt: skip
    device.deployments.offer(
        [make("a", define("m", urls["old"], OLD)), make("b", undeploy("m"))], device.now_s
    )
    while device.deployments.status["deployment"] is None or (
        device.deployments.status["deployment"]["models"][0]["have_bytes"] == 0
    ):
        device.step()
    status = device.deployments.status
    (model,) = status["deployment"]["models"]
    assert (model["handle"], model["state"], model["size_bytes"]) == ("m", "fetching", len(OLD))
    assert status["waiting"] == ["b"]
    device.finish()
    status = device.deployments.status
    assert status["unreported"] == ["a", "b"]
    assert status["installed"] == []


class TestWithdrawn:
    """A deployment is killed when it has come so far, and is listed no more at the next start."""

    def kill(self, open_device, listed, is_so_far, hooks=None):
        device = open_device(hooks)
        device.deployments.offer([listed], device.now_s)
        while not is_so_far(device.deployments.status["deployment"]):
            assert device.step() is not None
        device = open_device(hooks)
        device.deployments.offer([], device.now_s)
        return device

    def test_nothing_was_done(self, open_device, urls):
        both = make("d", define("m", urls["new"], NEW), undeploy("n"), define("..", "s3://b/k"))
        device = self.kill(open_device, both, lambda work: work is not None)
        assert device.finish() is None
        assert device.files() == []
        assert not open_device().deployments.begins  # nor is it known at the next start

    def test_a_model_was_asked_for(self, open_device, urls):
        listed = make("d", define("m", urls["new"], NEW))
        device = self.kill(
            open_device, listed, lambda work: work and work["models"][0]["state"] == "asking"
        )
        assert device.finish().status == "SUCCESS"
        assert device.current() == {"m": NEW}

    def test_a_hook_was_asked(self, open_device, urls):
        open_device().deploy(make("a", define("m", urls["old"], OLD)))

        def kill(*_):
            raise KeyboardInterrupt

        device = open_device(Hooks(None, kill))
        device.deployments.offer([make("d", undeploy("m"))], device.now_s)
        with pytest.raises(KeyboardInterrupt):
            device.finish()
        device = open_device()
        device.deployments.offer([], device.now_s)
        assert device.finish().status == "SUCCESS"
        assert device.current() == {}
