"""The endpoint's command serves sources of keys, from which a client finds its way in."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home


def test_the_command_serves_sources_of_keys_too(tmp_path):
    folder = tmp_path / "served"
    options = ["--role-alias", "edge", "--container-credentials", "--instance-role", "edge-role"]
    command = [sys.executable, "-m", "endpoint", "--dir", str(folder), "--register", "dock/cam-7"]
    with subprocess.Popen(
        [*command, *options],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline().startswith("endpoint ready at https://localhost:")
            ready = json.loads((folder / "endpoint.json").read_text())
            provider = edgemote.IotRoleAlias(**ready["credential_provider"])
            sources = {"AWS_EC2_METADATA_DISABLED": "false"}
            for credentials, environ in (
                (provider, {}),
                (None, {**sources, **ready["container"]}),
                (None, {**sources, **ready["instance"]}),
            ):
                with (
                    aws_home(environ),
                    edgemote.connect(
                        SagemakerEdgeManager,
                        region=ready["region"],
                        endpoint_url=ready["url"],
                        ca_file=ready["ca_file"],
                        credentials=credentials,
                    ) as edge,
                ):
                    edge.send_heartbeat(
                        AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock"
                    )
        finally:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert (folder / "device" / "device-key.pem").stat().st_mode & 0o077 == 0
