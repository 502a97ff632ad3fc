"""SIGKILL at every write, hook and report of a deployment: nothing is ever half done.

`make test` kills at every third, `make sweeps` at each.
"""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import trustme

from runtime.deployments import killing
from runtime.deployments.signing import make_key, sign, write_public
from runtime.http_peer import Peer

PROGRAM = Path(killing.__file__)
ROOT = PROGRAM.parents[3]
# The fewest points at which each deployment can be killed; that they are passed is the proof that
# the program counts what it should.
POINTS = {
    "first": 60,
    "replaced": 50,
    "rolled-back": 80,
    "undeployment-rolled-back": 50,
    "left": 40,
    "signed": 50,
    "from-urls": 60,
    "cancelled": 60,
}


@pytest.fixture
def fast_path(tmp_path):
    """A folder in memory where there is one: thousands of fsyncs take minutes on a disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


FILES = {
    "a-1.bin": killing.OLD_A,
    "a-2.bin": killing.NEW_A,
    "b-1.bin": killing.OLD_B,
    "b-2.bin": killing.NEW_B,
}


def serve_file(wire):
    """As S3 serves presigned URLs."""
    while head := wire.read_head():
        content = FILES[re.match(rb"GET /(.*)\?X-Amz-Signature=5ec2e7 ", head)[1].decode()]
        more = b'ETag: "%b"\r\n' % content[:1].hex().encode()
        span = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)\r\n", head)
        if span is None:
            wire.answer(content, more=more)
            continue
        first, last = int(span[1]), int(span[2] or len(content) - 1)
        more += b"Content-Range: bytes %d-%d/%d\r\n" % (first, last, len(content))
        wire.answer(content[first : last + 1], b"206 Partial Content", more)


@pytest.fixture(scope="module")
def file_host(tmp_path_factory):
    """(origin, file with its authority) of a TLS server."""
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def serve(wire):
        with contextlib.suppress(OSError):  # of who is killed
            serve_file(wire)

    with Peer(serve, context) as peer:
        yield peer.origin, str(ca_file)


@pytest.mark.slow
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.sweep)])
@pytest.mark.parametrize("scenario", POINTS)
def test_killed_at_every_write(scenario, every, s3, file_host, fast_path):
    for key, content in FILES.items():
        s3.put("kills", key, content)
    s3.put("kills", "a-2.bin.sig", sign(killing.NEW_A))
    s3.put("kills", "b-2.bin.sig", sign(killing.NEW_B, "P-256", 1))
    (fast_path / "signer.pem").write_bytes(write_public(make_key("P-256")))
    path = os.pathsep.join(str(ROOT / name) for name in ("generated", "runtime", "tests"))
    # What the scenarios have in common is killed elsewhere in each.
    first = list(POINTS).index(scenario) % every
    program = [sys.executable, "-m", "runtime.deployments.killing"]
    done = subprocess.run(
        [*program, str(fast_path), s3.url, scenario, str(first), str(every), *file_host],
        env={"PATH": os.environ["PATH"], "HOME": str(fast_path), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert int(done.stdout) >= POINTS[scenario]
