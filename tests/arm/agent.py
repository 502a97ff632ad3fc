"""The memory of the whole agent on a board: idle between heartbeats, and with a download."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import s3_server
from endpoint import Endpoint

from . import device
from .guest import run_guest
from .measure import PROGRAMS, Figures, endpoint_arguments
from .roots import Target

BEATS = 4
# More than any buffer holds: 200 MB grow no further (408 KiB on armhf, where these take 452).
DOWNLOAD_BYTES = 24_000_000
_KEYS_ELSEWHERE = {"AWS_EC2_METADATA_DISABLED": "true"}


def measure_agent(target: Target, download_bytes: int = DOWNLOAD_BYTES) -> Figures:
    """Peak resident KiB of an agent that beats, and by how much a download raises it."""
    idle_kib = _run(target, 0)
    loaded_kib = _run(target, download_bytes)
    return {
        "agent_peak_resident_kib": idle_kib,
        "download_growth_kib": max(0, loaded_kib - idle_kib),
    }


def _run(target: Target, download_bytes: int) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="agent-") as name,
        # Not the one of other guests, whose deployments are for looking at alone.
        Endpoint(register=["dock/cam-7"], tls_version="1.3") as endpoint,
    ):
        folder = Path(name)
        key = endpoint.credentials
        keys = (key.access_key_id, key.secret_access_key)
        with s3_server.serve(folder / "s3", keys=keys) as s3:
            if download_bytes:
                endpoint.deploy("dock", "cam-7", _make_deployment(s3, download_bytes))
            arguments = [folder, str(BEATS), str(int(download_bytes > 0)), s3.url]
            run = run_guest(
                target,
                [PROGRAMS / "agent.py", *endpoint_arguments(endpoint), *arguments],
                path=[device.bundle(target)],
                environment=_KEYS_ELSEWHERE,
            )
    return run.end.peak_kib


def _make_deployment(s3: s3_server.Server, size_bytes: int) -> dict[str, object]:
    content = os.urandom(1_000_000) * (size_bytes // 1_000_000)
    checksum = {"Type": "SHA1", "Sum": hashlib.sha1(content).hexdigest()}
    definition = {
        "ModelHandle": "snow",
        "S3Url": s3.put("models", "snow-net-1.tar.gz", content),
        "Checksum": checksum,
        "State": "DEPLOY",
    }
    return {
        "DeploymentName": "winter",
        "Type": "Model",
        "FailureHandlingPolicy": "DO_NOTHING",
        "Definitions": [definition],
    }
