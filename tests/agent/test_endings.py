"""How an agent's process ends: signals at any time, full disks, and as the first process."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

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


# Sends itself a signal as soon as the agent's modules begin to be loaded.
EARLY = """
import os, runpy, signal, sys

class Sender:
    def find_spec(self, name, path=None, target=None):
        if name == "edgemote.agent.agent":
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Sender())
runpy.run_module("edgemote", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("options", [(), ("--once",)], ids=["run", "once"])
@pytest.mark.parametrize("first", [False, True], ids=["process", "first-process"])
def test_a_signal_that_comes_while_it_is_loaded(device, options, first):
    device.write_config()
    words = first_process() if first else ()
    done = subprocess.run(
        [*words, sys.executable, "-c", EARLY, "--config", str(device.config), *options],
        env=device.environment(),
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )
    assert done.returncode == (75 if options else 0), done.stderr
    assert device.endpoint.store.count("heartbeats") == 0
    assert ("stopped" in done.stderr) == (not options)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_once_ends_after_the_step_in_hand(device, number):
    begun = device.folder / "begun"
    deploy(device, "/bin/sh", "-c", f"echo >> {begun}; exec sleep 600")
    process = subprocess.Popen(device.command("--once"), env=device.environment())
    try:
        device.wait_for(begun.exists)
        process.send_signal(number)
        assert process.wait(WAIT_S) == 75
    finally:
        process.kill()


def first_process():
    """Words before a command that make it the first process of a container."""
    words = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*words, "true"], capture_output=True).returncode
    ):
        pytest.skip("needs unshare, and the right to use it")
    return words


def children(pid):
    """Process -> state of its children."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid:
                found[int(stat.parent.name)] = state
    return found


def test_orphans_of_hooks_are_reaped_and_the_hooks_verdicts_are_not(device):
    # It leaves one orphan in its own group and one in a session of its own.
    script = device.folder / "hook"
    goes_on = f"while [ ! -e {device.folder}/go ]; do sleep 0.1; done; exit 3"
    script.write_text(f"({goes_on}) &\nsetsid sh -c '{goes_on}' &\necho broken\nexit 4\n")
    deploy(device, "/bin/sh", str(script))
    words = first_process()
    with device.log.open("ab") as log:
        outer = subprocess.Popen(
            [*words, *device.command()], env=device.environment(), stderr=log, stdout=log
        )
    device.process = outer
    try:
        [agent] = device.wait_for(lambda: children(outer.pid))

        def result():
            return [
                beat["DeploymentResult"] for beat in device.beats() if beat.get("DeploymentResult")
            ]

        device.wait_for(result)
        [model] = result()[0]["DeploymentModels"]
        assert model["StatusReason"] == "hook: broken (exit status 4)"
        device.wait_for(lambda: len(children(agent)) == 2, "two orphans")
        (device.folder / "go").touch()
        device.wait_for(lambda: not children(agent), "no child to be left")
        os.kill(agent, signal.SIGTERM)
        assert outer.wait(WAIT_S) == 0
    finally:
        outer.kill()


SCRIPT = """
import os, socket, sys
import edgemote

agent = edgemote.Agent.from_config(sys.argv[1])

@agent.on_deploy
def load(handle, path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.sendto(b"X_HOOK=1", os.environ["NOTIFY_SOCKET"])

sys.exit(agent.run())
"""


def test_systemd_is_told_before_a_hook_that_may_take_longer_than_its_watchdog(device):
    deploy(device)
    keys = {"poll_s": 60, "s3_endpoint_url": device.s3.url, "reserve_bytes": 0, "hook_limit_s": 60}
    device.write_config(deployments=keys, link={"step_limit_s": 1})
    said = []
    # The path of a socket has at most 107 bytes.
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end,
    ):
        end.bind(f"{folder}/notify")
        end.settimeout(0.02)
        environment = device.environment(NOTIFY_SOCKET=f"{folder}/notify", WATCHDOG_USEC="2000000")

        def look():
            with contextlib.suppress(TimeoutError):
                while True:
                    said.extend(end.recv(65_536).decode().splitlines())

        def is_reported():
            look()
            return any(beat.get("DeploymentResult") for beat in device.beats())

        with device.log.open("ab") as log:
            process = device.process = subprocess.Popen(
                [sys.executable, "-c", SCRIPT, str(device.config)], env=environment, stderr=log
            )
        try:
            device.wait_for(is_reported)
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0
            look()
        finally:
            process.kill()
    names = ("WATCHDOG_USEC", "EXTEND_TIMEOUT_USEC", "X_HOOK")
    # A step of 1 s is too long for a watchdog of 2 s, a hook of 60 s much more so.
    assert [line for line in said if line.startswith(names)] == [
        "WATCHDOG_USEC=3000000",
        "WATCHDOG_USEC=62000000",
        "X_HOOK=1",
        "WATCHDOG_USEC=3000000",
        "EXTEND_TIMEOUT_USEC=11000000",
    ]
    assert said.count("WATCHDOG=1") > 0
