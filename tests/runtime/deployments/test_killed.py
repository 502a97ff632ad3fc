"""SIGKILL at every write, hook and report of a deployment: nothing is ever half done.

`make test` kills at every third, `make sweeps` at each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runtime.deployments import killing
from runtime.deployments.signing import make_key, sign, write_public

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
}


@pytest.fixture
def fast_path(tmp_path):
    """A folder in memory where there is one: thousands of fsyncs take minutes on a disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.sweep)])
@pytest.mark.parametrize("scenario", POINTS)
def test_killed_at_every_write(scenario, every, s3, fast_path):
    for key, content in (
        ("a-1.bin", killing.OLD_A),
        ("a-2.bin", killing.NEW_A),
        ("b-1.bin", killing.OLD_B),
        ("b-2.bin", killing.NEW_B),
    ):
        s3.put("kills", key, content)
    s3.put("kills", "a-2.bin.sig", sign(killing.NEW_A))
    s3.put("kills", "b-2.bin.sig", sign(killing.NEW_B, "P-256", 1))
    (fast_path / "signer.pem").write_bytes(write_public(make_key("P-256")))
    path = os.pathsep.join(str(ROOT / name) for name in ("generated", "runtime", "tests"))
    # What the scenarios have in common is killed elsewhere in each.
    first = list(POINTS).index(scenario) % every
    program = [sys.executable, "-m", "runtime.deployments.killing"]
    done = subprocess.run(
        [*program, str(fast_path), s3.url, scenario, str(first), str(every)],
        env={"PATH": os.environ["PATH"], "HOME": str(fast_path), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert int(done.stdout) >= POINTS[scenario]
