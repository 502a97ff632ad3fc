"""Names of files that this device's encoding, or the journal's, does not have."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from edgemote.agent.deployments.hooks import Hooks
from runtime.deployments.device import Device, define, make, summary

OLD, NEW = os.urandom(30_000), os.urandom(40_000)
ODD = b"gel\xf6st.bin"  # of a board that once named its files in Latin 1


def run_ascii(script, *arguments):
    environment = {
        **os.environ,
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


ORDER = r"""
import sys
from runtime.deployments.device import Device, define, make, summary
assert sys.getfilesystemencoding() == "ascii"
folder, url = sys.argv[1:]
device = Device(folder, url)
old = define("m", "s3://encodings/schn\u00e9e.bin")
print(ascii(summary(device.deploy(make("1", old)))["m"][1]))
print(ascii(summary(device.deploy(make("2", define("m", "s3://encodings/new.bin"))))["m"][0]))
assert device.step() is None
assert device.deployments.status
"""


@pytest.mark.parametrize("installed", [False, True])
def test_a_board_without_utf_8(installed, tmp_path, s3):
    """What it cannot name is refused in words; what had such a name before is no obstacle."""
    old = define("m", s3.put("encodings", "schn\u00e9e.bin", OLD), OLD)
    s3.put("encodings", "new.bin", NEW)
    if installed:
        Device(tmp_path, s3.url).deploy(make("before", old))
    reason, status = run_ascii(ORDER, str(tmp_path), s3.url).splitlines()
    assert "names files in ascii" in reason
    assert "start Python with PYTHONUTF8=1" in reason
    assert status == "'SUCCESS'"
    assert Device(tmp_path, s3.url).current() == {"m": NEW}


ROLL_BACK = r"""
import sys
from edgemote.agent.deployments.hooks import Hooks
from runtime.deployments.device import Device, define, make
folder, url = sys.argv[1:]
device = Device(folder, url, Hooks(lambda handle, path: handle != "n"))
models = [define(handle, "s3://encodings/new.bin") for handle in "mn"]
print(device.deploy(make("d", *models)).status)
assert device.step() is None
"""


def test_a_rollback_without_utf_8_ends(tmp_path, s3):
    old = define("m", s3.put("encodings", "schn\u00e9e.bin", OLD), OLD)
    s3.put("encodings", "new.bin", NEW)
    Device(tmp_path, s3.url).deploy(make("before", old))
    assert run_ascii(ROLL_BACK, str(tmp_path), s3.url) == "FAIL\n"
    assert Device(tmp_path, s3.url).current()["m"] in (OLD, NEW)


def factory(tmp_path, version, file, link):
    place = os.fsencode(tmp_path / "models" / "m")
    os.makedirs(os.path.join(place, version))
    with open(os.path.join(place, version, file), "wb") as stream:
        stream.write(OLD)
    os.symlink(link, os.path.join(place, b"current"))
    return os.path.join(place, b"current")


@pytest.mark.parametrize("accepts", [True, False])
def test_a_factorys_file_with_any_bytes_in_its_name(accepts, tmp_path, s3):
    link = factory(tmp_path, b"factory", ODD, b"factory")
    device = Device(tmp_path, s3.url, Hooks(lambda handle, path: accepts or handle != "n"))
    assert [model.handle for model in device.deployments.installed] == ["m"]
    url = s3.put("encodings", "new.bin", NEW)
    result = device.deploy(make("d", define("m", url, NEW), define("n", url, NEW)))
    assert device.step() is None
    assert device.deployments.status["installed"]
    if accepts:
        assert result.status == "SUCCESS"
        assert device.current()["m"] == NEW
    else:
        assert summary(result)["m"][2] is None
        assert os.readlink(link) == b"factory"


@pytest.mark.parametrize(
    ("version", "text"),
    [(ODD, ODD), (b"factory", b"../m/../" + ODD), (b"factory", b"factory/" + ODD)],
)
def test_a_link_with_any_bytes_is_not_replaced(version, text, tmp_path, s3):
    """It could not be put back. Nothing else of the deployment, nor a later one, stops for it."""
    link = factory(tmp_path, version, ODD, text)
    device = Device(tmp_path, s3.url)
    url = s3.put("encodings", "new.bin", NEW)
    for name in ("1", "2"):
        models = define("m", url, NEW), define("n", url, NEW)
        result = device.deploy(make(name, *models, policy="DO_NOTHING"))
        assert "not UTF-8" in summary(result)["m"][1]
        assert summary(result)["n"][0] == "SUCCESS"
        assert device.step() is None
    assert os.readlink(link) == text
