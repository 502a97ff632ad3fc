"""The whole agent on a board: its memory, idle between heartbeats and with a download, and what a
heartbeat takes; in both clouds, whose servers are on this machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import s3_server
from endpoint import Endpoint

from . import device
from .authorities import serve_answers
from .guest import Run, run_guest
from .measure import CALLS, PROGRAMS, Figures
from .roots import Target

BEATS = 4
# More than any buffer holds: 200 MB grow no further (408 KiB on armhf, where these take 452).
DOWNLOAD_BYTES = 24_000_000
_CONFIG = """\
[device]
name = "cam-7"
fleet = "dock"
region = "us-west-2"
{device}
[folders]
state = "{folder}/state"
run = "{folder}"
[heartbeat]
period_s = 1
jitter = 0.0
[deployments]
poll_s = 60
reserve_bytes = 0
{deployments}
"""


def measure_agent(target: Target, download_bytes: int = DOWNLOAD_BYTES) -> Figures:
    """Of an agent that beats, in SageMaker Edge: peak resident KiB, instructions to its first
    heartbeat and for each later one, bytes of the packed bundle; and by how much a download raises
    the peak.
    """
    figures = _read_figures(_run_edge(target), device.bundle(target), "")
    loaded_kib = _run_edge(target, download_bytes).end.peak_kib
    growth_kib = max(0, loaded_kib - figures["agent_peak_resident_kib"])
    return {**figures, "download_growth_kib": growth_kib}


def measure_clouds(target: Target) -> Figures:
    """The same in AWS IoT; and in SageMaker Edge of a device that gets its keys with the
    certificate that it has in AWS IoT.
    """
    role_alias = _run_edge(target, by_role_alias=True)
    return {
        "role_alias_agent_peak_resident_kib": role_alias.marks[1].peak_kib,
        **_read_figures(_run_iot(target), device.bundle(target, "iot"), "iot_"),
        "iot_size_bytes": device.measure([device.bundle(target, "iot")]).size_bytes,
    }


def _read_figures(run: Run, bundle: Path, prefix: str) -> Figures:
    first, idle, start, end = run.marks
    figures = {
        "agent_peak_resident_kib": idle.peak_kib,
        "agent_first_heartbeat_instructions": first.instructions,
        "agent_heartbeat_instructions": round((end.instructions - start.instructions) / CALLS),
        "packed_bytes": device.find_archive(bundle).stat().st_size,
    }
    return {prefix + name: value for name, value in figures.items()}


def _run_edge(target: Target, download_bytes: int = 0, by_role_alias: bool = False) -> Run:
    with (
        tempfile.TemporaryDirectory(prefix="agent-") as name,
        # Not the one of other guests, whose deployments are for looking at alone.
        Endpoint(register=["dock/cam-7"], tls_version="1.3") as endpoint,
    ):
        folder = Path(name)
        key = endpoint.credentials
        keys = (key.access_key_id, key.secret_access_key)
        with (
            _serve_s3(folder / "s3", keys, download_bytes) as s3,
            serve_answers(folder, mutual=True, answer=_write_keys(keys)) as provider,
        ):
            deployments = ""
            if s3 is not None:
                endpoint.deploy("dock", "cam-7", _make_deployment(s3, download_bytes))
                deployments = f's3_endpoint_url = "{s3.url}"'
            lines = f'endpoint_url = "{endpoint.url}"\nca_file = "{endpoint.ca_file}"'
            if by_role_alias:
                lines += (
                    f'\n[credentials]\niot_endpoint = "https://localhost:{provider.port}'
                    f'/role-aliases/board/credentials"\niot_ca_file = "{provider.ca_file}"\n'
                    f'cert_file = "{provider.cert_file}"'
                )
            config = _CONFIG.format(
                folder=folder,
                device=lines,
                deployments=deployments,
            )
            environment = {}
            if not by_role_alias:
                environment = dict(
                    zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), keys, strict=True)
                )
            return _run(target, "edge", folder, config, int(s3 is not None), environment)


def _run_iot(target: Target) -> Run:
    """No shadow's and no job's content counts: {} is an answer to all that the agent asks."""
    with (
        tempfile.TemporaryDirectory(prefix="agent-") as name,
        serve_answers(Path(name), mutual=True) as peer,
    ):
        config = _CONFIG.format(
            folder=name,
            device=f'ca_file = "{peer.ca_file}"\n'
            f'[credentials]\ncert_file = "{peer.cert_file}"\n'
            f'[cloud]\nkind = "iot"\nendpoint = "https://localhost:{peer.port}"',
            deployments="",
        )
        return _run(target, "iot", Path(name), config, 0, {})


def _run(
    target: Target, cloud: str, folder: Path, config: str, models: int, keys: dict[str, str]
) -> Run:
    file = folder / "edgemote.toml"
    file.write_text(config)
    return run_guest(
        target,
        [PROGRAMS / "agent.py", file, str(BEATS), str(models), str(CALLS)],
        path=[device.bundle(target, cloud)],
        environment={"AWS_EC2_METADATA_DISABLED": "true", **keys},
    )


def _write_keys(keys: tuple[str, str]) -> bytes:
    """What AWS IoT's credential provider says."""
    found = {
        "accessKeyId": keys[0],
        "secretAccessKey": keys[1],
        "sessionToken": "",
        "expiration": "2037-01-01T00:00:00Z",
    }
    return json.dumps({"credentials": found}).encode()


@contextmanager
def _serve_s3(
    folder: Path, keys: tuple[str, str], download_bytes: int
) -> Iterator[s3_server.Server | None]:
    if download_bytes:
        with s3_server.serve(folder, keys=keys) as s3:
            yield s3
    else:
        yield None


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
