"""How an agent's process ends: signals at any time, full disks, and as the first process."""

from __future__ import annotations

import hashlib
import resource
import signal

import pytest

import s3_server
from endpoint import Endpoint

from .device import FLEET, NAME, WAIT_S, Device

CONTENT = b"a model"


@pytest.fixture
def device(tmp_path):
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        device = Device(tmp_path / "device", endpoint)
        key = endpoint.credentials
        keys = (key.access_key_id, key.secret_access_key)
        with s3_server.serve(tmp_path / "s3", keys=keys) as s3:
            device.s3 = s3
            yield device


def deploy(device, *command, **sections):
    """List a deployment whose hook is this command."""
    definition = {
        "ModelHandle": "snow",
        "S3Url": device.s3.put("models", "snow-net-1.4.tar.gz", CONTENT),
        "Checksum": {"Type": "SHA1", "Sum": hashlib.sha1(CONTENT).hexdigest()},
        "State": "DEPLOY",
    }
    document = {
        "DeploymentName": "winter",
        "Type": "Model",
        "FailureHandlingPolicy": "DO_NOTHING",
        "Definitions": [definition],
    }
    deployments = {
        "poll_s": 60,
        "s3_endpoint_url": device.s3.url,
        "reserve_bytes": 0,
        "deploy_command": list(command),
    }
    device.write_config(deployments=deployments, **sections)
    device.endpoint.deploy(FLEET, NAME, document)


@pytest.mark.parametrize("reloads", [False, True], ids=["SIGTERM", "SIGHUP"])
def test_a_full_disk_while_a_hook_runs_is_no_reason_to_fail(device, reloads):
    begun = device.folder / "begun"
    deploy(
        device,
        "/bin/sh",
        "-c",
        f"echo >> {begun}; sleep 600",
        link={"day_limit_bytes": 100_000_000},
    )
    with device.running() as process:
        device.wait_for(begun.exists)
        # From now on each write to a file fails, as on a full disk.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        if reloads:
            beats = len(device.beats())
            process.send_signal(signal.SIGHUP)
            device.wait_for(lambda: len(device.beats()) > beats + 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0
    assert "Traceback" not in device.read_log()
