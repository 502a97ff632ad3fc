"""What deployments cost: nothing before the first, little memory for a large model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from edgemote.agent import limits
from edgemote.agent.deployments.journal import (
    Installed,
    Journal,
    JournalFile,
    ModelWork,
    Report,
    Work,
)
from edgemote.agent.deployments.shapes import ModelResult, Result
from runtime.deployments.device import define, make, summary, undeploy

ROOT = Path(__file__).parents[3]
LARGE_BYTES = 200_000_000
MEMORY_LIMIT_KIB = 1024


def python(program, *arguments):
    """What a program of its own prints as JSON."""
    folders = os.pathsep.join(str(ROOT / name) for name in ("generated", "runtime", "tests"))
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": folders, "HOME": arguments[0]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


IDLE = """
import json, os, sys
from edgemote.agent.deployments import Deployments, Settings
parts = dict(open_s3=None, meter=None, log=None, hooks=None)
parts |= dict(keep_versions=1, reserve_bytes=0, attempt_limit=5)
work = Deployments(sys.argv[1], Settings(sys.argv[1] + "/models", **parts))
for second in range(3):
    work.offer([], 1000.0)
    assert work.step(1000.0, second, 1.0) is None
    assert work.result is None and not work.needs_listing and work.installed == []
    assert work.status["deployment"] is None
work.close()
heavy = ("edgemote.agent.deployments.", "aws.", "msgspec")
loaded = [name for name in sys.modules if name.startswith(heavy)]
print(json.dumps([loaded, os.listdir(sys.argv[1])]))
"""


def test_nothing_before_the_first(tmp_path):
    assert python(IDLE, str(tmp_path)) == [[], []]


def test_a_journal_from_before_is_all_that_an_idle_device_loads(device, tmp_path):
    device.deploy(make("d", undeploy("m")))
    program = IDLE.replace("Deployments(sys.argv[1]", "Deployments(sys.argv[1] + '/state'")
    loaded, _ = python(
        program.replace('assert work.status["deployment"] is None', ""), str(tmp_path)
    )
    assert [name for name in loaded if name.startswith("edgemote")] == [
        "edgemote.agent.deployments.shapes",
        "edgemote.agent.deployments.journal",
        "edgemote.agent.deployments.recovery",
    ]


LARGE = """
import json, sys
from runtime.deployments.device import Device, define, make
def peak_kib():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
device = Device(sys.argv[1], sys.argv[2])
device.meter.asked = None  # keeps nothing
peaks = []
for name in ("small", "large"):
    result = device.deploy(make(name, define("m", f"s3://costs/{name}.bin")))
    assert result.status == "SUCCESS", result
    device.steps = 0
    peaks.append(peak_kib())
print(json.dumps(peaks))
"""


def test_memory_of_a_large_model(s3, tmp_path):
    s3.put("costs", "small.bin", os.urandom(100_000))
    large = s3.folder / "costs" / "large.bin"
    with open(large, "wb") as file:
        file.truncate(LARGE_BYTES)
    try:
        small, peak = python(LARGE, str(tmp_path), s3.url)
    finally:
        large.unlink()
    assert peak - small <= MEMORY_LIMIT_KIB


def test_the_largest_journal_is_read_again(tmp_path):
    text = "\u00e4" * 256  # reasons may come from a server
    model = ModelWork(
        "m" * 63, "DEPLOY", "unrestored", "b" * 255, "k" * 1024, "f" * 200, "n" * 190, "v" * 64,
        "0" * 40, "0" * 41, "e" * limits.ETAG_CHARS, 1 << 60, 1 << 60, "0" * 64,
        99, 3, 3, 3,
        Installed("m" * 63, "0" * 41, "f" * 200, "n" * 190, "v" * 64, "0" * 40, ["0" * 41] * 100),
        text, text,
    )  # fmt: skip
    model.detached, model.digest = "s" * 4 * limits.SIGNATURE_BYTES, "0" * 64
    reported = ModelResult(
        "m" * 63, "n" * 190, "v" * 64, "UNDEPLOY", "UNDEPLOY", "SUCCESS", text, text
    )
    result = Result(
        "d" * 255, "SUCCESS", text, 1e9 / 3, 1e9 / 3, [reported] * limits.DEPLOYMENT_MODELS, True
    )
    models = [model] * limits.DEPLOYMENT_MODELS
    journal = Journal(
        Work("d" * 255, "ROLLBACK_ON_FAILURE", "rollback", 1e9 / 3, models, text),
        [Report(result, True)] * limits.DEPLOYMENT_REPORTS,
        [model.previous] * 200,
        ["d" * 255] * 272,
        ["m" * 63] * limits.DEPLOYMENT_MODELS,
    )
    file = JournalFile(str(tmp_path))
    file.journal = journal
    file.save()
    again = JournalFile(str(tmp_path))
    again.load()
    assert again.journal == journal


def test_an_illegible_journal_is_put_aside(device, open_device, s3):
    content = b"a model"
    device.deploy(make("d", define("m", s3.put("costs", "model-1.tar.gz", content), content)))
    path = device.folder / "state" / "deployment.json"
    path.write_bytes(path.read_bytes()[:-20])
    again = open_device()
    (model,) = again.deployments.installed
    assert (model.handle, model.name, model.version) == ("m", "model", "1")
    assert Path(model.path).read_bytes() == content
    assert path.with_name("deployment.json.illegible").exists()
    assert any("is corrupt" in line for line in again.log.lines)
    # What is there goes on being known: the new version replaces it, and the old one is kept.
    newer = b"a newer model"
    again.deploy(make("e", define("m", s3.put("costs", "model-2.tar.gz", newer), newer)))
    assert again.current() == {"m": newer}
    assert len(again.files()) == 2


def test_a_disk_that_refuses_the_journal_is_asked_again(device, monkeypatch):
    refusing = [True]
    replace = os.replace

    def refuse(*arguments):
        if refusing[0]:
            raise OSError(28, os.strerror(28))
        replace(*arguments)

    monkeypatch.setattr(os, "replace", refuse)
    device.deployments.offer([make("d", undeploy("m"))], device.now_s)
    for _ in range(5):
        assert device.step() is not None
    assert any("No space left" in line for line in device.log.lines)
    refusing[0] = False
    assert summary(device.finish())[""] == "SUCCESS"
