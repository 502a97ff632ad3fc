"""The unit file: systemd's own judgement of it, and what it shares with the configuration."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from edgemote.agent import limits
from edgemote.agent.config.schema import list_keys

UNIT = Path(__file__).resolve().parents[2] / "runtime" / "device" / "edgemote.service"
EXPOSURE_LIMIT = 20  # tenths of systemd-analyze's 0 (least) to 10
BOARD_BYTES = 64 << 20

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs systemd-analyze"
)


@pytest.fixture(scope="module")
def service():
    parser = configparser.RawConfigParser(strict=False)  # lists are written as repeated keys
    parser.optionxform = str
    parser.read_string(UNIT.read_text())
    return dict(parser["Service"])


@pytest.fixture(scope="module")
def defaults():
    return {key: default for key, _, default in list_keys()}


def analyze(*arguments):
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False
    )


@needs_systemd
def test_systemd_finds_nothing_wrong():
    verdict = analyze("verify", "--man=no", str(UNIT))
    assert (verdict.returncode, verdict.stderr) == (0, "")


@needs_systemd
def test_systemd_finds_it_well_shut_in():
    verdict = analyze(
        "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_LIMIT}", str(UNIT)
    )
    assert verdict.returncode == 0, verdict.stdout


def test_it_writes_where_the_configuration_says(service, defaults):
    assert f"/var/lib/{service['StateDirectory']}" == defaults["folders.state"]
    assert f"/run/{service['RuntimeDirectory']}" == defaults["folders.run"]
    assert service["ProtectSystem"] == "strict"


def test_a_step_is_shorter_than_any_patience(service, defaults):
    assert int(service["WatchdogSec"]) == limits.UNIT_WATCHDOG_S
    assert int(service["TimeoutStopSec"]) == limits.UNIT_STOP_S
    assert defaults["link.step_limit_s"] <= limits.UNIT_WATCHDOG_S * limits.WATCHDOG_SHARE
    step_s = defaults["link.step_limit_s"]
    assert int(service["TimeoutStopSec"]) > step_s
    # The agent speaks up at half of the time, and may just have begun a step then.
    assert int(service["WatchdogSec"]) / 2 > step_s


def test_a_wrong_configuration_is_not_tried_again(service):
    assert service["Restart"] == "always"
    assert "78" in service["RestartPreventExitStatus"].split()


def test_it_leaves_memory_to_a_board_of_64_mb(service):
    limit = service["MemoryMax"]
    assert limit.endswith("M")
    assert int(limit[:-1]) << 20 <= 0.7 * BOARD_BYTES


def test_modules_come_from_the_bundle_alone(service):
    assert service["WorkingDirectory"] == "/"
    assert "PYTHONPATH=/opt/edgemote" in service["Environment"].split()
