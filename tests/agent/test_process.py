"""The agent as a process against the local endpoint: what a person sees who installs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from edgemote.agent.config.retired import FLEET_ALIAS, KEYS, PREFIX
from edgemote.agent.state import StateFile
from endpoint import Endpoint
from endpoint.credential_provider import CredentialProvider
from fault_proxy import Fault, FaultProxy
from runtime.deployments.signing import make_key, write_public

from .device import FLEET, NAME, WAIT_S, Device


@pytest.fixture
def endpoint():
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        yield endpoint


@pytest.fixture
def device(tmp_path, endpoint):
    device = Device(tmp_path, endpoint)
    device.write_config()
    return device


def test_it_registers_and_beats_until_it_is_told_to_end(device):
    with device.running():
        device.wait_for(lambda: len(device.beats()) >= 3)
    operations = [row["operation"] for row in device.endpoint.store.requests()]
    assert operations[0] == "GetDeviceRegistration"
    assert "GetDeployments" in operations
    beat = device.beats()[0]
    assert (beat["DeviceName"], beat["DeviceFleetName"]) == (NAME, FLEET)
    assert "-" not in beat["AgentVersion"]
    names = {metric["MetricName"] for metric in beat["AgentMetrics"]}
    assert len(names) == len(beat["AgentMetrics"]) > 8
    # While the link is up, nothing is written.
    assert {path.name for path in device.state.iterdir()} <= {"time"}


def test_an_unregistered_device_asks_and_does_nothing_else(device):
    device.endpoint.store.unregister(FLEET, NAME)
    device.write_config(registration={"pause_s": 1, "pause_limit_s": 1})
    with device.running():
        device.wait_for(lambda: len(device.endpoint.store.requests()) >= 3)
        assert {row["operation"] for row in device.endpoint.store.requests()} == {
            "GetDeviceRegistration"
        }
        device.endpoint.register(FLEET, NAME)
        device.wait_for(device.beats)
    assert "is not registered; retrying until it is" in device.read_log()


def test_signals(device):
    device.write_config(heartbeat={"period_s": 3600})
    with device.running() as process:
        device.wait_for(device.beats)
        process.send_signal(signal.SIGUSR1)
        device.wait_for(lambda: len(device.beats()) == 2, "a second beat, an hour early")
        device.write_config(device={"name": "cam-8"}, heartbeat={"period_s": 3600})
        device.endpoint.register(FLEET, "cam-8")
        process.send_signal(signal.SIGHUP)
        device.wait_for(lambda: device.beats()[-1]["DeviceName"] == "cam-8")
        device.config.write_text("[device]\nname = 7\n")
        process.send_signal(signal.SIGHUP)
        device.wait_for(lambda: "keeping the old configuration" in device.read_log())
        process.send_signal(signal.SIGUSR1)
        device.wait_for(lambda: len(device.beats()) == 4)
    assert "stopped" in device.read_log()


def test_a_script_reads_its_configuration_again_too(device):
    device.write_config(heartbeat={"period_s": 3600})
    script = device.folder / "script.py"
    script.write_text(
        "import sys, edgemote\n"
        f"agent = edgemote.Agent.from_config({str(device.config)!r})\n"
        'agent.metric("QueueDepth", 7)\n'
        "sys.exit(agent.run())\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], env=device.environment())
    try:
        device.wait_for(device.beats)
        device.write_config(device={"name": "cam-8"}, heartbeat={"period_s": 3600})
        device.endpoint.register(FLEET, "cam-8")
        process.send_signal(signal.SIGHUP)
        device.wait_for(lambda: device.beats()[-1]["DeviceName"] == "cam-8")
        names = {metric["MetricName"] for metric in device.beats()[-1]["AgentMetrics"]}
        assert "QueueDepth" in names
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0
    finally:
        process.kill()


def test_sigterm_ends_a_step_that_waits(device, endpoint):
    with FaultProxy("127.0.0.1", endpoint.port) as proxy:
        device.write_config(
            device={"endpoint_url": f"https://localhost:{proxy.port}"}, link={"step_limit_s": 5}
        )
        proxy.fault = Fault("stall")
        with device.running() as process:
            device.wait_for(lambda: proxy.connections)
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0


def test_a_link_that_drips_is_a_link(device, endpoint):
    with FaultProxy("127.0.0.1", endpoint.port) as proxy:
        device.write_config(device={"endpoint_url": f"https://localhost:{proxy.port}"})
        proxy.fault = Fault("drip")
        with device.running():
            device.wait_for(lambda: len(device.beats()) >= 2)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["refuse", "stall", "reset", "cut", "slow"])
def test_links(device, endpoint, kind):
    """While the link is bad the agent goes on, and when it is back, it reports what it kept."""
    with FaultProxy("127.0.0.1", endpoint.port) as proxy:
        device.write_config(
            device={"endpoint_url": f"https://localhost:{proxy.port}"}, link={"step_limit_s": 2}
        )
        with device.running():
            device.wait_for(device.beats)
            proxy.fault = Fault(kind, at_byte=100, bytes_per_s=100.0)
            proxy.drop()
            device.wait_for(lambda: device.status().get("kept", 0) >= 2, "beats that are kept")
            before, kept = len(device.beats()), device.status()["kept"]
            proxy.fault = None
            proxy.drop()
            device.wait_for(lambda: device.status()["kept"] == 0, "all beats to be sent")
    times = [beat["AgentMetrics"][0]["Timestamp"] for beat in device.beats()]
    assert times == sorted(times)
    assert len(times) >= before + kept


def test_beats_of_a_board_without_link_survive_its_death(device, endpoint):
    with FaultProxy("127.0.0.1", endpoint.port) as proxy:
        proxy.fault = Fault("refuse")
        device.write_config(
            device={"endpoint_url": f"https://localhost:{proxy.port}"}, link={"step_limit_s": 2}
        )
        for count in (2, 4):
            with device.running() as process:
                device.wait_for(
                    lambda count=count: (
                        device.status().get("pid") == process.pid
                        and device.status()["kept"] >= count
                    )
                )
                kept = device.status()["kept"]
                process.send_signal(signal.SIGKILL)
                process.wait()
        proxy.fault = None
        with device.running():
            device.wait_for(lambda: len(device.beats()) > kept)
    assert device.beats()[0]["AgentMetrics"]


def test_once(device):
    done = device.call("--once")
    assert (done.returncode, device.endpoint.store.count("heartbeats")) == (0, 1), done.stderr
    device.endpoint.store.unregister(FLEET, NAME)
    done = device.call("--once")
    assert done.returncode == 75
    assert "is not registered" in done.stderr


def test_once_without_a_link_keeps_its_beat(device, endpoint):
    endpoint.stop()
    assert device.call("--once").returncode == 75
    assert "stored heartbeats: 1" in device.call("--status").stdout
    endpoint.start()
    assert device.call("--once").returncode == 0
    times = [beat["AgentMetrics"][0]["Timestamp"] for beat in device.beats()]
    assert len(times) == 2
    assert times == sorted(times)


def test_check(device, endpoint):
    done = device.call("--check")
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("configuration", "folders", "time", "credentials", "endpoint"):
        assert f"ok   {word}: " in done.stdout
    endpoint.store.unregister(FLEET, NAME)
    done = device.call("--check")
    assert done.returncode == 1
    assert "BAD  endpoint: reachable, but" in done.stdout
    done = device.call("--check", AWS_SECRET_ACCESS_KEY="wrong")
    assert "BAD  endpoint: InvalidSignatureException" in done.stdout
    assert "wrong" not in done.stdout
    endpoint.stop()
    assert "BAD  endpoint: " in device.call("--check").stdout
    endpoint.start()


def test_status(device):
    assert "no agent with this configuration" in device.call("--status").stdout
    with device.running():
        device.wait_for(lambda: device.status().get("last_beat_s"))
        done = device.call("--status")
        assert done.returncode == 0, done.stderr
        said = done.stdout
        assert f"device: {NAME} of fleet {FLEET}, registered" in said
        assert "is running; as of 20" in said
        assert "stored heartbeats: 0" in said
    assert "has ended; as of 20" in device.call("--status").stdout


def test_status_says_what_it_does_not_know(device, endpoint):
    """Without a run folder, or with one whose files it may not read."""
    endpoint.stop()
    device.write_config(folders={"run": str(device.folder / "none")})
    with device.running() as process:
        device.wait_for(lambda: (device.state / "spool.db-wal").exists())
        said = device.call("--status").stdout
        assert f"stored heartbeats: unknown: process {process.pid} is using {device.state}" in said
        assert "folders.run" in said
        assert " 0 heartbeats" not in said
        process.send_signal(signal.SIGKILL)
        process.wait()
    files = {path.name: path.read_bytes() for path in device.state.iterdir()}
    said = device.call("--status").stdout
    [count] = [
        line.split()[2].rstrip(",")
        for line in said.splitlines()
        if line.startswith("stored heartbeats: ")
    ]
    assert int(count) >= 1
    # To look changes nothing.
    assert {path.name: path.read_bytes() for path in device.state.iterdir()} == files
    (device.state / "spool.db-wal").unlink()
    (device.state / "spool.db").write_bytes(b"garbage" * 100)
    said = device.call("--status").stdout
    assert f"stored heartbeats: unknown: cannot read {device.state}/spool.db: file is not a" in said
    assert (device.state / "spool.db").read_bytes() == b"garbage" * 100
    (device.folder / "none").mkdir()
    for garbage in (b"?", b'{"device": "\xff"}'):
        (device.folder / "none" / "status.json").write_bytes(garbage)
        assert "status.json is corrupt: " in device.call("--status").stdout
    endpoint.start()


def test_a_pipe_in_a_file_s_place_holds_up_nobody(device):
    """Opening it would wait for a writer, before any signal is handled."""
    device.write_config(link={"day_limit_bytes": 10_000_000})
    device.state.mkdir()
    for path in (
        device.state / "time",
        device.state / "meter.json",
        device.run_folder / "status.json",
    ):
        os.mkfifo(path)
    assert device.call("--status").returncode == 0
    assert device.call("--once").returncode == 0
    assert (device.state / "time").is_file()
    os.mkfifo(device.state / "state.json")
    found = []
    reader = threading.Thread(
        target=lambda: found.append(StateFile(str(device.state), 8_000, "").known), daemon=True
    )
    reader.start()
    reader.join(WAIT_S)
    assert found == [None]


def test_a_state_folder_that_is_deleted_is_made_again(device, endpoint):
    endpoint.stop()
    with device.running() as process:
        device.wait_for(lambda: device.status().get("kept", 0) >= 2)
        shutil.rmtree(device.state)
        device.wait_for(lambda: device.status()["dropped"] >= 2)
        device.wait_for(lambda: device.status()["kept"] >= 2)
        assert device.call("--once").returncode == 75
        assert f"{device.state} was deleted or replaced while in use" in device.read_log()
        dropped = device.status()["dropped"]
        process.send_signal(signal.SIGKILL)
        process.wait()
    said = device.call("--status").stdout
    assert f"dropped: {dropped}" in said
    assert "stored heartbeats: 0 " not in said
    endpoint.start()


def test_wrong_configurations_are_refused_whole(device, tmp_path):
    device.config.write_text(
        '[device]\nname = 7\nfleeet = "dock"\nca_file = "/nowhere.pem"\n[heartbeat]\nperiod_s = 0\n'
    )
    done = device.call()
    assert done.returncode == 78
    for key in ("device.name", "device.fleeet", "device.fleet", "device.ca_file"):
        assert f"{device.config}: {key}: " in done.stderr
    assert "heartbeat.period_s" in done.stderr
    assert device.call(config=tmp_path / "none.toml").returncode == 78


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "--config FILE is required"),
        (["--config"], "--config: expected the path of a file after it"),
        (["--config="], "--config: expected the path of a file after it"),
        (["--config", "--once"], "--config: expected the path of a file after it"),
        (["--config", "x", "--twice"], "'--twice': unknown option"),
        (["--config", "x", "--once=1"], "'--once=1': unknown option"),
        (["--once"], "--config FILE is required"),
        (["--verify", "x"], "'x': unknown option"),
        (["--config=x", "--once", "--check"], "--once and --check: expected only one of them"),
        ([""], "'': unknown option"),
    ],
)
def test_wrong_command_lines(device, arguments, problem):
    done = subprocess.run(
        [sys.executable, "-m", "edgemote", *arguments],
        env=device.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 64
    assert done.stderr.startswith("usage: python3 -m edgemote --config FILE")
    assert done.stderr.splitlines()[-1] == problem


def test_command_lines_in_other_words(device):
    def say(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "edgemote", *arguments],
            env=device.environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert say("-h") == say("--help")
    assert say("--version").startswith("edgemote 0.")
    for order in (
        [f"--config={device.config}", "--status"],
        ["--status", "--config", device.config],
    ):
        assert "no agent with this configuration" in say(*order)


def test_check_warns_of_limits_that_systemd_does_not_wait_for(device):
    assert "WatchdogSec" not in device.call("--check").stdout
    device.write_config(link={"step_limit_s": 200}, deployments={"hook_limit_s": 3600})
    done = device.call("--check")
    assert done.returncode == 0
    for text in ("link.step_limit_s of 200 s", "deployments.hook_limit_s of 3600 s"):
        assert f"ok   configuration: {text} exceeds what the unit's WatchdogSec" in done.stdout


def test_check_names_who_may_sign_models(device):
    signers = []
    for name in ("signer.pem", "signer-2027.pem"):
        path = device.folder / name
        path.write_bytes(write_public(make_key("Ed25519")))
        signers.append(str(path))
    device.write_config(deployments={"signers": signers})
    said = device.call("--check").stdout
    for path in signers:
        assert f"ok   deployments: a model must be signed with the key of {path}" in said


def test_what_print_config_prints_starts_an_agent(device):
    printed = subprocess.run(
        [sys.executable, "-m", "edgemote", "--print-config"],
        env=device.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = printed.splitlines()
    values = {
        "name": NAME,
        "fleet": FLEET,
        "region": device.endpoint.region,
        "endpoint_url": device.endpoint.url,
        "ca_file": device.endpoint.ca_file,
        "state": str(device.state),
        "run": str(device.run_folder),
    }
    for key, value in values.items():
        at = next(
            number for number, line in enumerate(lines) if line.lstrip("# ").startswith(f"{key} = ")
        )
        lines[at] = f"{key} = {json.dumps(value)}"
    device.config.write_text("\n".join(lines) + "\n")
    done = device.call("--once")
    assert done.returncode == 0, done.stderr
    assert device.beats()


@pytest.mark.slow
@pytest.mark.parametrize("whole_address", [True, False], ids=["address", "host"])
def test_the_retired_agent_s_configuration_starts_this_one(device, endpoint, whole_address):
    """Every key that it had, as its documentation has them, in one JSON object."""
    shared = endpoint.directory
    key = endpoint.temporary_credentials
    with CredentialProvider(
        issue=lambda end_s: key,
        ca_directory=shared,
        role_alias=FLEET_ALIAS.format(fleet=FLEET),
        thing_name="thing-7",
    ) as provider:
        address = f"{provider.endpoint}/role-aliases/{provider.role_alias}/credentials"
        keys = {
            "core_device_name": NAME,
            "core_device_fleet_name": FLEET,
            "core_region": endpoint.region,
            "core_root_certs_path": str(device.folder),
            "core_folder_prefix": "captured",
            "core_iot_thing_name": "thing-7",
            "core_endpoint_override": endpoint.url.removeprefix("https://"),
            "provider_provider": "Aws",
            "provider_provider_path": "/usr/lib/libprovider_aws.so",
            "provider_s3_bucket_name": "captured",
            **{
                f"core_capture_data_{name}": 30
                for name in ("buffer_size", "batch_size", "push_period", "push_period_seconds")
            },
            "core_capture_data_base64_embed_limit": 3072,
            "core_capture_data_destination": "Cloud",
            "core_capture_data_disk_path": str(device.folder / "captured"),
            "provider_aws_ca_cert_file": endpoint.ca_file,
            "provider_aws_cert_file": provider.cert_file,
            "provider_aws_cert_pk_file": provider.key_file,
            "provider_aws_iot_cred_endpoint": address if whole_address else provider.endpoint,
            "log_verbose": True,
            "telemetry_libsystemd_path": "/usr/lib/libsystemd.so",
            "deployment_lib_path": "/usr/lib/libdeployment.so",
            "model_deployment_poll_interval": 1440,
            "local_data_root_path": str(device.state),
        }
        assert keys.keys() == KEYS.keys()
        keys["core_capture_data_upload_max_retries"] = 30
        device.config = device.folder / "edge-manager.json"
        device.config.write_text(json.dumps({PREFIX + name: keys[name] for name in keys}, indent=2))
        without_keys = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        with device.running(**without_keys):
            device.wait_for(device.beats)
    beat = device.beats()[0]
    assert (beat["DeviceName"], beat["DeviceFleetName"]) == (NAME, FLEET)
    said = device.read_log()
    for name in ("core_capture_data_upload_max_retries", "deployment_lib_path"):
        assert f"{PREFIX}{name}: ignored" in said
