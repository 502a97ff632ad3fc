"""The agent's command line on a board, against the endpoint on the host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import edgemote

BUNDLE = Path(edgemote.__file__).parents[1]
BOARD = json.loads(os.environ["ARM_BOARD"])


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "edgemote.toml"
    file.write_text(f"""
[device]
name = "cam-7"
fleet = "dock"
region = "us-west-2"
endpoint_url = "{BOARD["url"]}"
ca_file = "{BOARD["ca_file"]}"
[folders]
state = "state"
run = "."
[deployments]
enabled = false
""")
    return file


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    key_id, secret = BOARD["keys"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(BUNDLE),
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
    }
    return subprocess.run(
        [sys.executable, "-m", "edgemote", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
    )


def test_check(config):
    done = run("--config", config, "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok   endpoint: reachable, and device cam-7 of fleet dock is registered" in done.stdout


def test_once(config):
    done = run("--config", config, "--once")
    assert done.returncode == 0, done.stderr
    assert "device cam-7 of fleet dock is registered" in done.stderr
    # While the link is up, nothing is written.
    assert {path.name for path in (config.parent / "state").iterdir()} <= {"time"}


def test_the_bundles_configuration_is_what_it_prints():
    printed = run("--print-config")
    assert printed.stdout == (BUNDLE / "edgemote.toml").read_text()
