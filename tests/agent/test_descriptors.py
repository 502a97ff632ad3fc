"""Processes that are started with closed standard descriptors."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys

import pytest

import s3_server
from endpoint import Endpoint

from .device import FLEET, NAME, WAIT_S, Device

CLOSED = [closed for count in (1, 2, 3) for closed in itertools.combinations((0, 1, 2), count)]
CONTENT = b"a model " * 40_000

# Each file that is opened, and what lies at 0 to 2 meanwhile, goes to descriptor 99.
AUDIT = """
import os, runpy, sys

def note(event, arguments):
    if event in ("open", "socket.connect", "os.rename"):
        for number in range(3):
            try:
                os.write(99, os.readlink(f"/proc/self/fd/{number}").encode() + b"\\n")
            except FileNotFoundError:
                pass
"""
COMMAND = """
sys.argv[1:] = ["--config", sys.argv[1], "--once"]
sys.addaudithook(note)
runpy.run_module("edgemote", run_name="__main__", alter_sys=True)
"""
SCRIPT = """
import edgemote, time
agent = edgemote.Agent.from_config(sys.argv[1])
sys.addaudithook(note)
core = agent.core
end_s = time.monotonic() + 60
while time.monotonic() < end_s and not (
    core.deployments and core.deployments.installed and not core.deployments.result
):
    agent.step()
agent.close()
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        key = endpoint.credentials
        keys = (key.access_key_id, key.secret_access_key)
        with s3_server.serve(tmp_path_factory.mktemp("s3"), keys=keys) as s3:
            document = {
                "DeploymentName": "winter",
                "Type": "Model",
                "FailureHandlingPolicy": "DO_NOTHING",
                "Definitions": [
                    {
                        "ModelHandle": "snow",
                        "S3Url": s3.put("models", "snow-net-1.4.tar.gz", CONTENT),
                        "Checksum": {"Type": "SHA1", "Sum": hashlib.sha1(CONTENT).hexdigest()},
                        "State": "DEPLOY",
                    }
                ],
            }
            yield endpoint, s3, document


@pytest.mark.parametrize("program", [COMMAND, SCRIPT], ids=["command", "script"])
@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: "".join(map(str, closed)))
def test_no_file_of_ours_is_a_standard_descriptor(tmp_path, services, closed, program):
    endpoint, s3, document = services
    device = Device(tmp_path, endpoint)
    device.write_config(deployments={"poll_s": 60, "s3_endpoint_url": s3.url, "reserve_bytes": 0})
    endpoint.deploy(FLEET, NAME, document)
    shell = "exec " + " ".join(["<&-", ">&-", "2>&-"][number] for number in closed) + ' "$@"'
    with (tmp_path / "seen").open("wb") as seen, open(os.devnull, "r+b") as null:
        script = AUDIT.replace("99", str(seen.fileno())) + program
        subprocess.run(
            ["sh", "-c", shell, "sh", sys.executable, "-c", script, str(device.config)],
            env=device.environment(),
            stdin=null,
            stdout=null,
            stderr=null,
            pass_fds=[seen.fileno()],
            timeout=WAIT_S,
        )
    [model] = (tmp_path / "state" / "models").glob("snow/current/*")
    assert model.read_bytes() == CONTENT
    assert set((tmp_path / "seen").read_text().splitlines()) == {"/dev/null"}
