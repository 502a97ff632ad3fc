"""A firmware script with an agent in its own process, against the local endpoint and a real S3."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

import s3_server
from endpoint import Endpoint

from .device import FLEET, NAME, WAIT_S, Device

SCRIPT = """
import sys, time
import edgemote

agent = edgemote.Agent.from_config(sys.argv[1])

@agent.on_deploy
def load(handle, path):
    if handle == "hangs":
        while True:
            time.sleep(0.05)
    print("load", handle, path.rpartition("/")[2], flush=True)

@agent.on_undeploy
def unload(handle, path):
    return handle != "snow"

def fail():
    raise OSError("no camera")

queue = [1, 2, 3]
agent.metric("QueueDepth", lambda: len(queue))
agent.metric("CameraFaults", fail)
agent.metric("Uptimes", 4, dimension="app/main")
snow = agent.model("snow")
snow.metric("Confidence", 0.75)
snow.inferred()
longest_s = 0.0
end_s = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end_s:
    now = time.monotonic()
    delay_s = agent.step()
    assert delay_s >= 0
    longest_s = max(longest_s, time.monotonic() - now)
    status = agent.status()
    if status.registered and status.deployments.get("installed") and not (
        status.deployments["deployment"] or status.deployments["unreported"]
    ):
        break
    time.sleep(min(0.05, delay_s))
for _ in range(40):  # and one heartbeat with it
    agent.beat_soon()
    agent.step()
agent.close()
print("longest", longest_s)
"""


@pytest.fixture
def device(tmp_path):
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        device = Device(tmp_path / "device", endpoint)
        key = endpoint.credentials
        keys = (key.access_key_id, key.secret_access_key)
        with s3_server.serve(tmp_path / "s3", keys=keys) as s3:
            device.s3 = s3
            device.write_config(
                deployments={
                    "poll_s": 60,
                    "s3_endpoint_url": s3.url,
                    "reserve_bytes": 0,
                    "hook_limit_s": 1,
                }
            )
            yield device


def define(device, handle, content):
    return {
        "ModelHandle": handle,
        "S3Url": device.s3.put("models", f"{handle}-net-1.4.tar.gz", content),
        "Checksum": {"Type": "SHA1", "Sum": hashlib.sha1(content).hexdigest()},
        "State": "DEPLOY",
    }


def test_hooks_metrics_and_a_loop_of_its_own(device):
    definitions = [define(device, handle, handle.encode() * 9_000) for handle in ("snow", "hangs")]
    document = {
        "DeploymentName": "winter",
        "Type": "Model",
        "FailureHandlingPolicy": "DO_NOTHING",
        "Definitions": definitions,
    }
    device.endpoint.deploy(FLEET, NAME, document)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(device.config), str(WAIT_S)],
        env=device.environment(),
        capture_output=True,
        text=True,
        timeout=2 * WAIT_S,
    )
    assert done.returncode == 0, done.stderr
    assert "load snow snow-net-1.4.tar.gz" in done.stdout
    [result] = [beat["DeploymentResult"] for beat in device.beats() if beat.get("DeploymentResult")]
    models = {model["ModelHandle"]: model for model in result["DeploymentModels"]}
    assert models["snow"]["Status"] == "SUCCESS"
    assert models["hangs"]["Status"] == "FAIL"
    assert models["hangs"]["StatusReason"] == "hook: took longer than 1 s"
    beat = device.beats()[-1]
    metrics = {metric["MetricName"]: metric for metric in beat["AgentMetrics"]}
    assert metrics["QueueDepth"]["Value"] == 3
    assert metrics["Uptimes"]["Dimension"] == "app/main"
    assert "CameraFaults" not in metrics
    assert done.stderr.count("metric CameraFaults is not available: ") >= 1
    [model] = beat["Models"]
    assert (model["ModelName"], model["ModelVersion"]) == ("snow-net", "1.4")
    assert model["ModelMetrics"][0]["MetricName"] == "Confidence"
    assert model["LatestInference"]
    assert "LatestSampleTime" not in model
    assert json.loads((device.state / "deployment.json").read_bytes())["done"] == ["winter"]
