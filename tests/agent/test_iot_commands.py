"""The command line of an agent in AWS IoT: --once, --check and --status speak of its thing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iot_cloud import serve_iot

ROOT = Path(__file__).parents[2]
CONTENT = b"snow" * 1_000


class Board:
    """A thing, and its agent as a process."""

    def __init__(self, folder, cloud):
        self.folder = folder
        self.cloud = cloud
        self.thing = cloud.add_thing("cam-7")
        self.config = folder / "edgemote.toml"
        (folder / "run").mkdir()
        self.config.write_text(
            f"""
            [device]
            name = "cam-7"
            ca_file = "{cloud.ca_file}"
            [cloud]
            kind = "iot"
            endpoint = "{cloud.endpoint_url}"
            [credentials]
            cert_file = "{self.thing.cert_file}"
            key_file = "{self.thing.key_file}"
            [folders]
            state = "{folder}/state"
            run = "{folder}/run"
            """
        )

    def call(self, *options, **environ):
        done = subprocess.run(
            [sys.executable, "-m", "edgemote", "--config", str(self.config), *options],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "PYTHONPATH": f"{ROOT / 'generated'}:{ROOT / 'runtime'}",
                "PYTHONDONTWRITEBYTECODE": "1",
                **environ,
            },
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iot")
    with serve_iot(folder / "cloud") as cloud:
        yield Board(folder, cloud)


def test_a_device_that_has_a_certificate_and_nothing_else(board):
    """It reports, takes a job and its model, says so once, and shows its state."""
    document = {
        "operation": "edgemote/deploy-models",
        "models": [
            {
                "handle": "snow",
                "url": board.cloud.put("models", "snow-1.4.bin", CONTENT),
                "checksum": {"type": "SHA256", "sum": hashlib.sha256(CONTENT).hexdigest()},
                "name": "snow-net",
                "version": "1.4",
            }
        ],
    }
    board.cloud.create_job("winter", board.thing, document=document)
    status, said = board.call("--once")
    assert status == 0, said
    execution = board.cloud.describe("winter", board.thing)
    assert execution["status"] == "SUCCEEDED", said
    (model,) = (board.folder / "state/models/snow/current").iterdir()
    assert model.read_bytes() == CONTENT
    operations = [passed.operation for passed in board.cloud.front.passed]
    assert operations.count("Publish") == 1
    assert operations.count("UpdateJobExecution") == 1
    assert operations[-1] == "UpdateThingShadow"
    shadow = board.cloud.client("iot-data").get_thing_shadow(
        thingName="cam-7", shadowName="edgemote"
    )
    reported = json.loads(shadow["payload"].read())["state"]["reported"]
    assert reported["models"]["snow"]["version"] == "1.4"
    assert reported["deployment"]["status"] == "SUCCESS"
    assert not any("authorization" in dict(one.request.headers) for one in board.cloud.front.passed)


def test_check_names_certificate_endpoint_thing_and_shadow(board):
    status, said = board.call("--check")
    assert status == 0, said
    assert f"ok   certificate: {board.thing.cert_file} is valid from 2" in said
    assert f"endpoint: {board.cloud.endpoint_url}, thing cam-7, topic edgemote/cam-7/h" in said
    assert "ok   shadow: edgemote" in said
    assert "ok   credentials: none needed" in said
    assert "ok   endpoint: reachable, and thing cam-7 is registered" in said


def test_status_names_the_certificate(board):
    _, said = board.call("--status")
    assert f"certificate: {board.thing.cert_file} is valid from 2" in said


def test_check_misses_the_credentials_that_captures_take(board):
    text = board.config.read_text()
    board.config.write_text(text + '[capture]\nbucket = "frames"\n')
    try:
        status, said = board.call("--check", AWS_EC2_METADATA_DISABLED="true")
    finally:
        board.config.write_text(text)
    assert status == 1, said
    assert "BAD  credentials: no credentials found" in said
    assert "ok   endpoint: reachable, and thing cam-7 is registered" in said
