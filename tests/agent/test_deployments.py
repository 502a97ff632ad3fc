"""Deployments by the whole agent: from the service's list over S3 onto the disk, and back."""

from __future__ import annotations

import hashlib
import os
import signal
import time

import pytest

import s3_server
from endpoint import Endpoint
from endpoint.credential_provider import CredentialProvider
from fault_proxy import Fault, FaultProxy
from runtime.deployments.signing import make_key, sign, write_public

from .device import FLEET, NAME, Device

SIZE = 3_000_000
PLACES = ("{handle}", "{path}")


@pytest.fixture
def endpoint():
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        yield endpoint


@pytest.fixture
def s3(tmp_path, endpoint):
    key = endpoint.credentials
    keys = (key.access_key_id, key.secret_access_key)
    with s3_server.serve(tmp_path / "s3", keys=keys) as server:
        yield server


@pytest.fixture
def device(tmp_path, endpoint, s3):
    device = Device(tmp_path / "device", endpoint)
    device.settings = {
        "poll_s": 60,
        "s3_endpoint_url": s3.url,
        "reserve_bytes": 0,
        "deploy_command": ["/bin/sh", "-c", f'echo "$0 $1" >> {device.folder}/hooks', *PLACES],
    }
    device.write_config(deployments=device.settings)
    return device


def make_model(s3, handle, version, size=SIZE):
    """(S3 address, content, definition) of a new model."""
    content = os.urandom(size)
    url = s3.put("models", f"{handle}-net-{version}.tar.gz", content)
    definition = {
        "ModelHandle": handle,
        "S3Url": url,
        "Checksum": {"Type": "SHA1", "Sum": hashlib.sha1(content).hexdigest()},
        "State": "DEPLOY",
    }
    return content, definition


def deploy(endpoint, name, *definitions, policy="ROLLBACK_ON_FAILURE"):
    document = {
        "DeploymentName": name,
        "Type": "Model",
        "FailureHandlingPolicy": policy,
        "Definitions": list(definitions),
    }
    endpoint.deploy(FLEET, NAME, document)


def results(device):
    return [beat["DeploymentResult"] for beat in device.beats() if beat.get("DeploymentResult")]


def current(device, handle):
    """The bytes of the current model."""
    folder = device.state / "models" / handle / "current"
    [file] = folder.iterdir()
    return file.read_bytes()


def test_a_model_arrives_and_is_reported(device, endpoint, s3):
    content, definition = make_model(s3, "snow", "1.4")
    deploy(endpoint, "winter", definition)
    with device.running():
        device.wait_for(lambda: results(device))
        [result] = results(device)
        device.wait_for(
            lambda: any(
                model.get("ModelName") == "snow-net"
                for model in device.beats()[-1].get("Models", [])
            ),
            "a heartbeat with the model",
        )
        count = len(device.beats())
        device.wait_for(lambda: len(device.beats()) > count + 2)
        assert "snow" in device.call("--status").stdout
    assert len(results(device)) == 1
    assert (result["DeploymentName"], result["DeploymentStatus"]) == ("winter", "SUCCESS")
    [model] = result["DeploymentModels"]
    assert (model["ModelHandle"], model["Status"], model["State"]) == ("snow", "SUCCESS", "DEPLOY")
    assert (model["ModelName"], model["ModelVersion"]) == ("snow-net", "1.4")
    assert current(device, "snow") == content
    [line] = (device.folder / "hooks").read_text().splitlines()
    assert line.split()[0] == "snow"
    # A restart knows the model, and does not begin again.
    with device.running():
        count = len(device.beats())
        device.wait_for(lambda: len(device.beats()) > count + 1)
        assert device.beats()[-1]["Models"][0]["ModelVersion"] == "1.4"
    assert len(results(device)) == 1


def test_once_does_a_whole_deployment(device, endpoint, s3):
    content, definition = make_model(s3, "snow", "1.4")
    deploy(endpoint, "winter", definition)
    done = device.call("--once")
    assert done.returncode == 0, done.stderr
    assert [result["DeploymentStatus"] for result in results(device)] == ["SUCCESS"]
    assert current(device, "snow") == content


def test_once_leaves_deployments_alone_where_they_are_not_enabled(device, endpoint, s3):
    _, definition = make_model(s3, "snow", "1.4", 1_000)
    deploy(endpoint, "winter", definition)
    device.write_config(deployments={**device.settings, "enabled": False})
    done = device.call("--once")
    assert done.returncode == 0, done.stderr
    assert device.beats()
    assert {path.name for path in device.state.iterdir()} <= {"time"}


@pytest.mark.slow
def test_a_cut_download_is_resumed(device, endpoint, s3):
    content, definition = make_model(s3, "snow", "1.4")
    deploy(endpoint, "winter", definition)
    with FaultProxy("127.0.0.1", s3.port) as proxy:
        device.settings["s3_endpoint_url"] = f"http://127.0.0.1:{proxy.port}"
        device.write_config(deployments=device.settings)
        proxy.once(Fault("cut", at_byte=2_000_000), Fault("reset", at_byte=500_000))
        with device.running():
            device.wait_for(lambda: results(device))
        # Little came twice: the answers' heads, and what was on its way at each cut.
        assert SIZE < proxy.carried["answer"] < SIZE * 1.5
    assert results(device)[0]["DeploymentStatus"] == "SUCCESS"
    assert current(device, "snow") == content


def test_an_old_model_stays_where_the_new_one_is_refused(device, endpoint, s3):
    old, definition = make_model(s3, "snow", "1.0")
    deploy(endpoint, "first", definition)
    assert device.call("--once").returncode == 0
    device.settings["deploy_command"] = [
        "/bin/sh",
        "-c",
        "echo too cold; case $0 in *2.0*) exit 1; esac",
        "{path}",
    ]
    device.write_config(deployments=device.settings)
    _, definition = make_model(s3, "snow", "2.0")
    deploy(endpoint, "second", definition)
    with device.running():
        device.wait_for(lambda: len(results(device)) == 2)
    result = results(device)[-1]
    assert result["DeploymentStatus"] == "FAIL"
    assert "too cold" in result["DeploymentModels"][0]["StatusReason"]
    assert current(device, "snow") == old


@pytest.mark.slow
@pytest.mark.parametrize("outage", ["refuse", "stall", "reset"])
def test_a_result_is_reported_once_over_a_bad_link(device, endpoint, s3, outage):
    """The heartbeat with the result is accepted, and its answer is lost."""
    _, definition = make_model(s3, "snow", "1.4", 1_000)
    with FaultProxy("127.0.0.1", endpoint.port) as proxy:
        device.write_config(
            device={"endpoint_url": f"https://localhost:{proxy.port}"},
            link={"step_limit_s": 2},
            deployments=device.settings,
        )
        deploy(endpoint, "winter", definition)
        with device.running():
            device.wait_for(lambda: (device.state / "deployment.json").exists())
            proxy.fault = Fault(outage)
            proxy.drop()
            count = len(device.beats())
            device.wait_for(lambda: device.status().get("kept", 0) >= 2)
            proxy.fault = None
            proxy.drop()
            device.wait_for(lambda: results(device))
            device.wait_for(lambda: len(device.beats()) > count + 4)
    assert [result["DeploymentName"] for result in results(device)] == ["winter"]


def test_an_answer_that_is_lost_after_the_result_was_accepted(device, endpoint, s3):
    _, definition = make_model(s3, "snow", "1.4", 1_000)
    deploy(endpoint, "winter", definition)
    # The report is the third SendHeartbeat or a later one; every one of them loses its answer.
    endpoint.faults.add("reset", operation="SendHeartbeat", times=None)
    device.write_config(link={"step_limit_s": 2}, deployments=device.settings)
    with device.running():
        device.wait_for(lambda: results(device))
        time.sleep(3)
        endpoint.faults.clear()
        count = len(device.beats())
        device.wait_for(lambda: len(device.beats()) > count + 4)
    assert len(results(device)) == 1


@pytest.mark.slow
def test_killed_again_and_again(device, endpoint, s3):
    """SIGKILL some tenths of a second after each start, until everything is done and reported."""
    contents = {}
    for version in ("1.0", "2.0"):
        content, definition = make_model(s3, "snow", version, 8_000_000)
        contents[version] = content
        deploy(endpoint, f"deployment-{version[0]}", definition)
    for number in range(60):
        with device.running() as process:
            # A hook that the process never survives is given up after three times: every other
            # time it runs until one more is reported, however long a busy machine takes.
            if number % 2:
                count = len(results(device))
                device.wait_for(lambda count=count: len(results(device)) > count)
            else:
                time.sleep(0.25 + 0.07 * (number % 7))
            process.send_signal(signal.SIGKILL)
            process.wait()
        link = device.state / "models" / "snow" / "current"
        if link.exists():
            assert current(device, "snow") in contents.values()
        if len(results(device)) == 2:
            break
    with device.running():
        device.wait_for(lambda: len(results(device)) == 2)
        count = len(device.beats())
        device.wait_for(lambda: len(device.beats()) > count + 2)
    names = [result["DeploymentName"] for result in results(device)]
    assert names == ["deployment-1", "deployment-2"]
    assert {result["DeploymentStatus"] for result in results(device)} == {"SUCCESS"}
    assert current(device, "snow") == contents["2.0"]


def test_keys_by_certificate_serve_the_whole_agent(tmp_path, endpoint):
    """Temporary keys of the IoT credential provider, for the heartbeats and for S3."""
    key = endpoint.temporary_credentials
    with (
        CredentialProvider(issue=lambda end_s: key) as provider,
        s3_server.serve(tmp_path / "s3", keys=(key.access_key_id, key.secret_access_key)) as s3,
    ):
        device = Device(tmp_path / "device", endpoint)
        device.write_config(
            credentials={
                "iot_endpoint": provider.endpoint,
                "iot_role_alias": provider.role_alias,
                "cert_file": provider.cert_file,
                "key_file": provider.key_file,
                "iot_ca_file": provider.ca_file,
            },
            deployments={"s3_endpoint_url": s3.url, "reserve_bytes": 0, "poll_s": 60},
        )
        content, definition = make_model(s3, "snow", "1.4", 100_000)
        deploy(endpoint, "winter", definition)
        without_keys = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        checked = device.call("--check", **without_keys)
        assert checked.returncode == 0, checked.stdout
        with device.running(**without_keys):
            device.wait_for(lambda: results(device))
    assert results(device)[0]["DeploymentStatus"] == "SUCCESS"
    assert current(device, "snow") == content


@pytest.mark.slow
def test_a_day_s_bytes_are_used_up(device, endpoint, s3):
    """Beats are kept, and the result of a deployment still goes."""
    _, definition = make_model(s3, "snow", "1.4", 20_000)
    deploy(endpoint, "winter", definition)
    limit_bytes = 100_000
    settings = {"day_limit_bytes": limit_bytes}
    # The hook takes its time: until everything but what is there for results is used up.
    gate = device.folder / "gate"
    device.settings["deploy_command"] = [
        "/bin/sh",
        "-c",
        f"while [ ! -e {gate} ]; do sleep 0.1; done",
        *PLACES,
    ]
    device.write_config(link=settings, deployments=device.settings)
    with device.running():
        device.wait_for(lambda: device.status().get("kept", 0) >= 2, "beats that are held back")
        gate.touch()
        device.wait_for(lambda: results(device))
        sent = len(device.beats())
        kept = device.status()["kept"]
        device.wait_for(lambda: device.status()["kept"] > kept + 1)
        assert len(device.beats()) == sent
        assert device.status()["day_used_bytes"] <= limit_bytes
        assert f"of {limit_bytes:,} bytes used today" in device.call("--status").stdout
    assert [result["DeploymentStatus"] for result in results(device)] == ["SUCCESS"]
    # A restart does not begin with another allowance.
    with device.running():
        device.wait_for(lambda: device.status().get("kept", 0) > kept + 2)
    assert len(device.beats()) == sent


def test_with_signers_a_model_has_to_be_signed(device, endpoint, s3):
    """By one of two while keys are changed, and by the new one alone in the end."""
    for number in (0, 1):
        path = device.folder / f"signer-{number}.pem"
        path.write_bytes(write_public(make_key("P-256", number)))
    content, definition = make_model(s3, "snow", "1.4", 100_000)

    def once(name, signers, signature):
        s3.put("models", "snow-net-1.4.tar.gz.sig", signature)
        device.settings["signers"] = [f"signer-{number}.pem" for number in signers]
        device.write_config(deployments=device.settings)
        deploy(endpoint, name, definition)
        assert device.call("--once").returncode == 0, device.read_log()
        return results(device)[-1]

    for name, signers, number in (("foreign", [0], 1), ("withdrawn", [1], 0)):
        result = once(name, signers, sign(content, "P-256", number))
        assert (result["DeploymentName"], result["DeploymentStatus"]) == (name, "FAIL")
        [model] = result["DeploymentModels"]
        assert model["StatusReason"].startswith("no valid signature: none of the signers signer-")
        assert not (device.state / "models" / "snow").exists()
        assert not (device.folder / "hooks").exists()
    result = once("changed", [0, 1], sign(content, "P-256", 1))
    assert (result["DeploymentName"], result["DeploymentStatus"]) == ("changed", "SUCCESS")
    assert current(device, "snow") == content
