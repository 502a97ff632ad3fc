"""Gigabytes both ways, within a mebibyte of idle memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import aws

from .http_peer import Peer
from .zeros_peer import serve_zeros

GROWTH_KIB = 1024
SMALL_BYTES = 2 << 20

_PROGRAM = """
import sys
sys.path[:0] = {paths!r}
import aws
aws.__path__[:] = {clients!r}
import edgemote, edgemote.s3
from aws.s3_whole import S3

def measure(name):
    with open("/proc/self/status") as file:
        found = dict(line.split(":", 1) for line in file)
    return int(found[name].split()[0])

client = edgemote.connect(S3, region="us-west-2", endpoint_url=sys.argv[1],
                          credentials=edgemote.Credentials("AKIDEXAMPLE", "secret"))

def both(folder, key):
    edgemote.s3.upload_file(client, f"{{folder}}/{{key}}", "bucket", key, threshold_bytes=1 << 20)
    with open("/dev/null", "wb") as file:
        edgemote.s3.download_fileobj(client, "bucket", key, file)

both(sys.argv[2], "small")  # what is loaded late is loaded
idle = measure("VmRSS")
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # the peak begins anew
both(sys.argv[2], "large")
print(measure("VmHWM") - idle)
"""


@pytest.mark.parametrize(
    "large_bytes",
    [
        pytest.param(100_000_000, marks=pytest.mark.slow),
        pytest.param(2_000_000_000, marks=pytest.mark.sweep),
    ],
)
def test_a_large_file_both_ways(tmp_path: Path, large_bytes: int) -> None:
    sizes = {"small": SMALL_BYTES, "large": large_bytes}
    for key, size in sizes.items():
        with open(tmp_path / key, "wb") as file:
            file.truncate(size)  # nothing of it is on the disk
    program = _PROGRAM.format(paths=sys.path, clients=list(aws.__path__))
    with Peer(serve_zeros(sizes)) as peer:
        done = subprocess.run(
            [sys.executable, "-c", program, peer.origin, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    assert not done.stderr
    print(f"{large_bytes} bytes both ways: {done.stdout.strip()} KiB")
    assert int(done.stdout) <= GROWTH_KIB
