"""Gigabytes both ways, within a mebibyte of idle memory."""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from zlib import crc32

import pytest

import aws

from .http_peer import Peer, Wire

GROWTH_KIB = 1024
BLOCK = bytes(1 << 20)

_PROGRAM = """
import os, sys
sys.path[:0] = {paths!r}
import aws
aws.__path__[:] = {clients!r}
import edgemote, edgemote.s3
from aws.s3_whole import S3

def measure(peak):
    with open("/proc/self/status") as file:
        found = dict(line.split(":", 1) for line in file)
    return int(found["VmHWM" if peak else "VmRSS"].split()[0])

client = edgemote.connect(S3, region="us-west-2", endpoint_url=sys.argv[1],
                          credentials=edgemote.Credentials("AKIDEXAMPLE", "secret"))
path, small = sys.argv[2:]
def both(name, key):
    edgemote.s3.upload_file(client, name, "bucket", key, threshold_bytes=1 << 20)
    with open("/dev/null", "wb") as file:
        edgemote.s3.download_fileobj(client, "bucket", key, file)
both(small, "small")  # what is loaded late is loaded
idle = measure(False)
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # the peak begins anew
both(path, "large")
print(measure(True) - idle)
"""


@pytest.mark.parametrize(
    "large",
    [
        pytest.param(100_000_000, marks=pytest.mark.slow),
        pytest.param(2_000_000_000, marks=pytest.mark.sweep),
    ],
)
def test_a_large_file_both_ways(tmp_path: Path, large: int) -> None:
    checksums = {}
    for key, size in (("small", 2 << 20), ("large", large)):
        number, left = 0, size
        while left:
            number = crc32(BLOCK[:left], number)
            left -= min(left, len(BLOCK))
        text = b64encode(number.to_bytes(4, "big")).decode()
        checksums[key] = size, text
        with open(tmp_path / key, "wb") as file:
            file.truncate(size)  # nothing of it is on the disk

    def script(wire: Wire) -> None:
        while head := wire.read_head().decode():
            key = "small" if "/small" in head else "large"
            size, text = checksums[key]
            found = re.search(r"content-length: (\d+)", head)
            left = int(found[1]) if found else 0
            if "expect: 100" in head:
                wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            if head.startswith("POST"):
                wire.read(left)
                if "uploadId" in head:
                    assert f"x-amz-checksum-crc32: {text}" in head
                    wire.answer(b"<CompleteMultipartUploadResult/>")
                else:
                    wire.answer(
                        b"<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                        b"</InitiateMultipartUploadResult>"
                    )
            elif head.startswith("PUT"):
                while left:
                    left -= len(wire.read(min(left, len(BLOCK))))
                wire.answer(more=b'ETag: "e"\r\n')
            else:
                wire.send(
                    f'HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nETag: "e"\r\n'
                    f"x-amz-checksum-crc32: {text}\r\n\r\n".encode()
                )
                while size:
                    wire.send(BLOCK[:size])
                    size -= min(size, len(BLOCK))

    program = _PROGRAM.format(paths=sys.path, clients=list(aws.__path__))
    with Peer(script) as peer:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                program,
                peer.origin,
                *(str(tmp_path / k) for k in ("large", "small")),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert not done.stderr
    assert int(done.stdout) <= GROWTH_KIB
